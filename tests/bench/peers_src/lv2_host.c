/* Strips that are chains of LV2 plug-ins, mono in and out, hosted by lilv as a DAW does: block by block, in place of nothing.

   peer_chain says which: lines "uri symbol=value ...", one a plug-in. */

#include <lilv/lilv.h>
#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/options/options.h>
#include <lv2/urid/urid.h>
#include <lv2/worker/worker.h>
#include <stdio.h>
#include <stdlib.h>

#include "peer.h"

enum { MOST_PLUGINS = 4, MOST_URIS = 512, ATOM_BYTES = 1 << 16 };

static char *uris[MOST_URIS];
static char why[512], chain[4096];
static LilvWorld *world;
static LilvInstance *made[MOST_STRIPS][MOST_PLUGINS];
static int length, told_count;
static LV2_Atom *told[MOST_STRIPS * MOST_PLUGINS]; /* what plug-ins may write: as much as there is room for, each block */
static LV2_URID chunk;
static float *x[MOST_PLUGINS + 1]; /* between the plug-ins; all strips share them, one after the other */

static LV2_URID map(LV2_URID_Map_Handle handle, const char *uri)
{
    (void)handle;
    for (int k = 0; k < MOST_URIS; k++) {
        if (!uris[k])
            uris[k] = strdup(uri);
        if (!strcmp(uris[k], uri))
            return (LV2_URID)(k + 1);
    }
    return 0;
}

static const char *unmap(LV2_URID_Unmap_Handle handle, LV2_URID urid)
{
    (void)handle;
    return urid && urid <= MOST_URIS ? uris[urid - 1] : NULL;
}

/* No work beside the sound: what a plug-in wants done there is its drawing. */
static LV2_Worker_Status refuse(LV2_Worker_Schedule_Handle handle, uint32_t size, const void *data)
{
    (void)handle, (void)size, (void)data;
    return LV2_WORKER_ERR_NO_SPACE;
}

void peer_chain(const char *lines) { snprintf(chain, sizeof chain, "%s", lines); }

static const char *fail(const char *what, const char *which)
{
    snprintf(why, sizeof why, "%s: %s", what, which);
    return why;
}

/* Connect each port: sound to the room before and behind, controls to their defaults or what `settings` says. */
static void connect_all(const LilvPlugin *plugin, LilvInstance *instance, int place, char *settings)
{
    LilvNode *audio = lilv_new_uri(world, LV2_CORE__AudioPort), *input = lilv_new_uri(world, LV2_CORE__InputPort);
    LilvNode *control = lilv_new_uri(world, LV2_CORE__ControlPort), *cv = lilv_new_uri(world, LV2_CORE__CVPort);
    uint32_t count = lilv_plugin_get_num_ports(plugin);
    float *defaults = calloc(count, sizeof(float));
    int ins = 0, outs = 0;
    lilv_plugin_get_port_ranges_float(plugin, NULL, NULL, defaults);
    for (uint32_t p = 0; p < count; p++) {
        const LilvPort *port = lilv_plugin_get_port_by_index(plugin, p);
        int is_input = lilv_port_is_a(plugin, port, input);
        if (lilv_port_is_a(plugin, port, audio) || lilv_port_is_a(plugin, port, cv)) {
            int first = is_input ? ins++ == 0 : outs++ == 0;
            float *room = first ? x[place + !is_input] : calloc(MOST_FRAMES, sizeof(float));
            lilv_instance_connect_port(instance, p, room);
        } else if (lilv_port_is_a(plugin, port, control)) {
            float *value = calloc(1, sizeof(float));
            char sought[128], *found;
            snprintf(sought, sizeof sought, " %s=", lilv_node_as_string(lilv_port_get_symbol(plugin, port)));
            *value = defaults[p] == defaults[p] ? defaults[p] : 0.0f;
            if ((found = strstr(settings, sought)))
                *value = strtof(found + strlen(sought), NULL);
            lilv_instance_connect_port(instance, p, value);
        } else { /* a sequence of atoms: none comes, and what goes out is left */
            LV2_Atom_Sequence *atoms = calloc(1, ATOM_BYTES);
            atoms->atom.type = map(NULL, LV2_ATOM__Sequence);
            atoms->atom.size = sizeof(LV2_Atom_Sequence_Body);
            if (!is_input && told_count < MOST_STRIPS * MOST_PLUGINS)
                told[told_count++] = &atoms->atom;
            lilv_instance_connect_port(instance, p, atoms);
        }
    }
    free(defaults);
}

const char *peer_open(int strips, double rate_hz)
{
    static LV2_URID_Map mapper = {NULL, map};
    static LV2_URID_Unmap unmapper = {NULL, unmap};
    static LV2_Worker_Schedule worker = {NULL, refuse};
    static int32_t least = 1, most = MOST_FRAMES, bytes = ATOM_BYTES;
    static float rate;
    rate = (float)rate_hz;
    LV2_URID whole = map(NULL, LV2_ATOM__Int), number = map(NULL, LV2_ATOM__Float);
    LV2_Options_Option options[] = {
        {LV2_OPTIONS_INSTANCE, 0, map(NULL, LV2_BUF_SIZE__minBlockLength), sizeof least, whole, &least},
        {LV2_OPTIONS_INSTANCE, 0, map(NULL, LV2_BUF_SIZE__maxBlockLength), sizeof most, whole, &most},
        {LV2_OPTIONS_INSTANCE, 0, map(NULL, LV2_BUF_SIZE__sequenceSize), sizeof bytes, whole, &bytes},
        {LV2_OPTIONS_INSTANCE, 0, map(NULL, "http://lv2plug.in/ns/ext/parameters#sampleRate"), sizeof rate, number, &rate},
        {LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, NULL}};
    LV2_Feature features[] = {{LV2_URID__map, &mapper}, {LV2_URID__unmap, &unmapper}, {LV2_WORKER__schedule, &worker},
                              {LV2_OPTIONS__options, options}, {LV2_BUF_SIZE__boundedBlockLength, NULL}};
    const LV2_Feature *given[] = {&features[0], &features[1], &features[2], &features[3], &features[4], NULL};
    chunk = map(NULL, LV2_ATOM__Chunk);
    world = lilv_world_new();
    lilv_world_load_all(world);
    for (int k = 0; k <= MOST_PLUGINS; k++)
        x[k] = aligned_alloc(64, sizeof(float) * MOST_FRAMES);
    length = 0;
    for (char *rest = NULL, *line = strtok_r(chain, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), length++) {
        char *settings = strchr(line, ' ');
        char none[] = "";
        if (settings)
            *settings = 0;
        LilvNode *uri = lilv_new_uri(world, line);
        const LilvPlugin *plugin = lilv_plugins_get_by_uri(lilv_world_get_all_plugins(world), uri);
        if (!plugin)
            return fail("not installed", line);
        if (settings)
            *settings = ' ';
        for (int n = 0; n < strips; n++) {
            LilvInstance *one = lilv_plugin_instantiate(plugin, rate_hz, given);
            if (!one)
                return fail("refuses this host", lilv_node_as_string(lilv_plugin_get_uri(plugin)));
            connect_all(plugin, one, length, settings ? settings : none);
            lilv_instance_activate(one);
            made[n][length] = one;
        }
    }
    return "";
}

void peer_run(const float *in, const float *gains, float *mixed, int strips, int frames)
{
    start_block(mixed);
    for (int k = 0; k < told_count; k++)
        told[k]->type = chunk, told[k]->size = ATOM_BYTES - sizeof(LV2_Atom);
    for (int n = 0; n < strips; n++) {
        memcpy(x[0], in + n * MOST_FRAMES, sizeof(float) * (size_t)frames);
        for (int k = 0; k < length; k++)
            lilv_instance_run(made[n][k], (uint32_t)frames);
        send_all(x[length], gains + n * DESTINATIONS, mixed, frames);
    }
}
