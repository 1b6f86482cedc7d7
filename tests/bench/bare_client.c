/* A JACK client with nothing but its callback: what a machine lets any client run, to measure the card against.

   Copies its inputs to its outputs, counts its callbacks, and notes when the first input changes.  Words on stdin:
     mark     "mark CALLBACKS FRAMES XRUNS MONOTONIC_NS"
     listen   connects the first input to the first output of another client than the server: "listening PORT"
     arm      "armed"; then "heard MONOTONIC_NS", the time of the first sample that differs from the one before
   cc -O2 bare_client.c -ljack -o bare_client && ./bare_client NAME INPUTS OUTPUTS */

#include <jack/jack.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { MOST = 64 };

static jack_client_t *client;
static jack_port_t *in[MOST], *out[MOST];
static int ins, outs;
static atomic_llong callbacks, frames, xruns, heard_us; /* heard_us: 0 not armed, -1 armed, else when */
static float last;

static int process(jack_nframes_t count, void *unused)
{
    (void)unused;
    for (int k = 0; k < outs; k++) {
        float *to = jack_port_get_buffer(out[k], count);
        memcpy(to, jack_port_get_buffer(in[k % ins], count), count * sizeof(float));
    }
    const float *x = jack_port_get_buffer(in[0], count);
    for (jack_nframes_t i = 0; i < count; i++) {
        if (x[i] != last && atomic_load(&heard_us) == -1) {
            jack_nframes_t first;
            jack_time_t now_us, next_us;
            float period_us;
            jack_get_cycle_times(client, &first, &now_us, &next_us, &period_us);
            atomic_store(&heard_us, (long long)(now_us + period_us * i / count));
        }
        last = x[i];
    }
    atomic_fetch_add(&callbacks, 1);
    atomic_fetch_add(&frames, count);
    return 0;
}

static int xrun(void *unused)
{
    (void)unused;
    atomic_fetch_add(&xruns, 1);
    return 0;
}

static long long monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void obey(const char *word)
{
    if (!strcmp(word, "mark")) {
        printf("mark %lld %lld %lld %lld\n", atomic_load(&callbacks), atomic_load(&frames), atomic_load(&xruns),
               monotonic_ns());
    } else if (!strcmp(word, "arm")) {
        atomic_store(&heard_us, -1);
        printf("armed\n");
    } else if (!strcmp(word, "listen")) {
        const char **ports = jack_get_ports(client, NULL, JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput);
        const char *found = "";
        for (int k = 0; ports && ports[k] && !*found; k++)
            if (strncmp(ports[k], "system:", 7) && !jack_port_is_mine(client, jack_port_by_name(client, ports[k])))
                found = ports[k];
        if (*found)
            jack_connect(client, found, jack_port_name(in[0]));
        printf("listening %s\n", found);
        jack_free(ports);
    }
    fflush(stdout);
}

int main(int argc, char **argv)
{
    if (argc != 4 || (ins = atoi(argv[2])) < 1 || ins > MOST || (outs = atoi(argv[3])) < 0 || outs > MOST)
        return 2;
    client = jack_client_open(argv[1], JackNoStartServer, NULL);
    if (!client)
        return 1;
    for (int k = 0; k < ins + outs; k++) {
        char name[16];
        snprintf(name, sizeof name, k < ins ? "in_%d" : "out_%d", k < ins ? k + 1 : k - ins + 1);
        *(k < ins ? &in[k] : &out[k - ins]) =
            jack_port_register(client, name, JACK_DEFAULT_AUDIO_TYPE, k < ins ? JackPortIsInput : JackPortIsOutput, 0);
    }
    jack_set_process_callback(client, process, NULL);
    jack_set_xrun_callback(client, xrun, NULL);
    mlockall(MCL_CURRENT | MCL_FUTURE);
    if (jack_activate(client))
        return 1;
    printf("ready\n");
    fflush(stdout);
    struct pollfd stdin_ready = {0, POLLIN, 0};
    char line[64];
    for (;;) {
        if (poll(&stdin_ready, 1, 1) > 0) {
            if (!fgets(line, sizeof line, stdin))
                break;
            line[strcspn(line, "\n")] = 0;
            obey(line);
        }
        long long at = atomic_load(&heard_us);
        if (at > 0) {
            /* JACK's clock is the raw one, which drifts from what its clients use */
            printf("heard %lld\n", monotonic_ns() - 1000LL * ((long long)jack_get_time() - at));
            fflush(stdout);
            atomic_store(&heard_us, 0);
        }
    }
    jack_deactivate(client);
    jack_client_close(client);
    return 0;
}
