// A stand-in for Open Stage Control, which cannot run here: what its manual says of values, messages and scripts.
// node stage_session.js FILE: one JSON line in, one out.  Time stands until it is moved.
const fs = require('fs')
const session = JSON.parse(fs.readFileSync(process.argv[2], 'utf-8'))
const widgets = {}, timers = [], lost = []
let now = 0, sent = [], tags = [], may = true

// The properties that each type has (the manual's reference, for what a session here uses); the app drops all others.
const ALL = 'type id visible interaction left top width height css default address typeTags decimals bypass onCreate onValue ' +
    'colorText colorWidget'
const HAS = {
    root: 'innerPadding colorBg widgets tabs', panel: 'innerPadding colorBg widgets tabs', tab: 'label innerPadding colorBg widgets tabs',
    fader: 'design horizontal range snap onTouch', button: 'mode label on off', text: 'align wrap', dropdown: 'label values', variable: '',
}

function walk(w) {
    if (widgets[w.id]) throw 'two widgets are called ' + w.id
    const has = (ALL + ' ' + HAS[w.type]).split(' ')
    for (const key in w) if (!has.includes(key)) { lost.push([w.type, key]); delete w[key] }
    widgets[w.id] = {...w, value: w.default === undefined ? '' : w.default, vars: {}, scripts: {}}
    for (const one of [...(w.widgets || []), ...(w.tabs || [])]) walk(one)
}
walk(session.content)

const filled = (text) => text.replace(/@\{([^}]*)\}/g, (_, id) => widgets[id].value)
const styled = w => w.css && w.css.replace(/VAR\{(\w+), ([^}]*)\}/g, (_, name, rest) => name in w.vars ? w.vars[name] : rest)
const tag = value => typeof value === 'string' ? 's' : 'f'  // a number without a type goes as a float
const found = (id, self) => id === 'this' ? [self] : id.includes('*')
    ? Object.keys(widgets).filter(key => key.match(new RegExp('^' + id.replace(/\*/g, '.*') + '$'))).map(key => widgets[key])
    : [widgets[id]]

function run(w, property, context) {
    if (!w[property] || w.running) return
    const own = {
        get: id => found(id, w)[0].value,
        set: (id, value, options = {}) => assign(found(id, w)[0], value, may && options.send !== false),
        send: (address, ...args) => {
            if (!may) return
            sent.push([address, ...args.map(a => a.type ? a.value : a)])
            tags.push(args.map(a => a.type || tag(a)).join(''))
        },
        getVar: (id, name) => found(id, w)[0].vars[name],
        setVar: (id, name, value) => { for (const one of found(id, w)) one.vars[name] = value },
        setTimeout: (id, call, ms) => later(w, id, call, ms, false),
        setInterval: (id, call, ms) => later(w, 'every ' + id, call, ms, true),
    }
    w.running = true
    try {
        new Function(...Object.keys(own), ...Object.keys(context), w[property])(...Object.values(own), ...Object.values(context))
    } finally { w.running = false }
}

function later(w, id, call, ms, again) {
    const old = timers.findIndex(t => t.w === w && t.id === id)
    if (old >= 0) timers.splice(old, 1)
    timers.push({w, id, call, ms, again, at: now + ms, may})
}

function assign(w, value, send) {
    if (w.type === 'fader') {
        if (typeof value !== 'number') return
        const ends = ['min', 'max'].map(k => typeof w.range[k] === 'object' ? Object.values(w.range[k])[0] : w.range[k])
        value = Math.min(Math.max(value, ends[0]), ends[1])
    }
    if (w.type === 'button' && value !== w.on && value !== w.off) return
    if (w.type === 'text' && (value === '' || value === null)) value = w.default === undefined ? '' : w.default
    w.value = value
    if (send && !w.bypass) {
        const out = typeof value === 'number' ? Number(value.toFixed(w.decimals)) : value
        sent.push([filled(w.address), out, w.typeTags || 'f'])
        tags.push(w.typeTags || 'f')
    }
    const before = may
    may = send
    run(w, 'onValue', {value, id: w.id})
    may = before
}

const DO = {
    create: () => { for (const w of Object.values(widgets)) run(w, 'onCreate', {value: w.value, id: w.id}) },
    tick: ({ms}) => {
        for (const end = now + ms; now < end;) {
            now += 100
            for (const t of timers.filter(t => t.at <= now)) {
                if (t.again) t.at += t.ms; else timers.splice(timers.indexOf(t), 1)
                may = t.may
                t.call()
                may = true
            }
        }
    },
    receive: ({address, value}) => {
        for (const w of Object.values(widgets)) if (w.address && filled(w.address) === address) assign(w, value, false)
    },
    user: ({id, value}) => assign(widgets[id], value, true),
    touch: ({id, type}) => run(widgets[id], 'onTouch', {event: {type}, id}),
    state: () => {},
}

require('readline').createInterface({input: process.stdin}).on('line', line => {
    const asked = JSON.parse(line)
    sent = []
    tags = []
    DO[asked.do](asked)
    const one = widgets[asked.id]
    console.log(JSON.stringify({
        sent, tags, lost, now, value: one && one.value, css: one && styled(one), address: one && one.address && filled(one.address),
    }))
})
