/**
 * The page of the desk.  All the files of a first visit are named here, so that they come side by side and not one after
 * the other; other views bring theirs.
 */

import './lib/lit-html.js';
import './lib/signals-core.module.js';
import './line/about.js';
import './line/desk.js';
import './line/laws.js';
import './line/meters.js';
import './line/osc.js';
import './line/place.js';
import './line/shown.js';
import './parts/choices.js';
import './parts/control.js';
import './parts/curve.js';
import './parts/design.js';
import './parts/fader.js';
import './parts/frames.js';
import './parts/goal.js';
import './parts/knob.js';
import './parts/live.js';
import './parts/meter.js';
import './parts/names.js';
import './parts/number.js';
import './parts/response.js';
import './parts/rights.js';
import './parts/send.js';
import './parts/slide.js';
import './parts/strip.js';
import './parts/sure.js';
import './parts/switch.js';
import './roles.js';
import {watch} from './line/age.js';
import {connect} from './line/line.js';
import {begin as keepAwake} from './parts/awake.js';
import {held} from './parts/drag.js';
import {mount as mountLock} from './parts/lock.js';
import {mount as mountOver} from './parts/over.js';
import * as app from './views/app.js';
import {view as mixer} from './views/mixer.js';

app.add('mix', mixer, 'Mixer');
app.later('sends', () => import('./views/sends.js'), 'Sends on faders');
app.later('bus', () => import('./views/bus.js'), 'A musician’s mix');
app.later('groups', () => import('./views/groups.js'), 'Groups');
app.later('members', () => import('./views/members.js'), 'Members', true);
app.later('layers', () => import('./views/layers.js'), 'Layers');
app.later('strip', () => import('./views/strip.js'), 'Strip', true);
app.later('scenes', () => import('./views/scenes.js'), 'Scenes');
app.later('transport', () => import('./views/transport.js'), 'Transport and recorder');
app.later('monitor', () => import('./views/monitor.js'), 'Monitor and talk');
app.later('loudness', () => import('./views/loudness.js'), 'Loudness');
app.later('fx', () => import('./views/fx.js'), 'Effects');
app.later('patch', () => import('./views/patch.js'), 'Patch');
app.later('people', () => import('./views/people.js'), 'People');
app.later('invite', () => import('./views/invite.js'), 'Invite');
app.later('screen', () => import('./views/screen.js'), 'Screen');

/** @param {string} id */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

mountOver(place('over'));
app.mount(place('app'));
watch(held);
mountLock(place('lock'));
keepAwake(new URL('awake.mp4', import.meta.url).href);
connect();
