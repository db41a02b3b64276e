/* A field of Modbus TCP devices for the bench of the whole path: one process, one epoll loop.
 *
 *   path_field DEVICES REGISTERS     prints the port on which each device listens
 *
 * Device d has the address 127.1.(d / 200).(1 + d % 200) and answers functions 3 and 4 of any unit (MODBUS
 * Application Protocol V1.1b3, 6.3 and 6.4). Registers hold float32, most significant word first; every value moves each 50 ms.
 * Every 2 s one device's second value dips for 1 s and a line `dip DEVICE UNIX_NS` is printed. On SIGUSR1
 * all connections and ports are closed and a line `served REPLIES` is printed, on SIGUSR2 a line
 * `count REPLIES`; SIGTERM ends it. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define UNITS 200
#define MOST 2048
#define DIP_M 5.0f

typedef struct { int fd, device; size_t have; uint8_t in[512]; } Client;

static volatile sig_atomic_t asked, counting, told_to_end;
static uint8_t image[2 * 4096];
static long long replies;
static int dipped = -1;

static void on_signal(int number) {
    *(number == SIGUSR1 ? &asked : number == SIGUSR2 ? &counting : &told_to_end) = 1;
}

static int64_t now_ns(int clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put_float(uint8_t *at, float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    bits = htonl(bits);
    memcpy(at, &bits, 4);
}

/* Value k of the image: a slow wave with a little unrest, between 27 and 33. */
static void move_values(void) {
    double t = now_ns(CLOCK_MONOTONIC) / 1e9;
    for (int k = 0; k < 2048; k++)
        put_float(image + 4 * k, (float)(30 + 2.5 * sin(t / 60 + k) + 0.4 * sin(3.7 * t + 0.9 * k)));
}

static void answer(Client *c, const uint8_t *q, int registers) {
    uint8_t out[9 + 250];
    int code = q[7], address = q[8] << 8 | q[9], count = q[10] << 8 | q[11], bytes = 2 * count;
    memcpy(out, q, 8);
    if ((code != 3 && code != 4) || count < 1 || count > 125 || address + count > registers) {
        out[4] = 0, out[5] = 3, out[7] = code | 0x80, out[8] = code == 3 || code == 4 ? 2 : 1;
        if (write(c->fd, out, 9) < 0) return;
        return;
    }
    out[4] = (3 + bytes) >> 8, out[5] = (3 + bytes) & 255, out[8] = bytes;
    memcpy(out + 9, image + (4 * (c->device % 1024) + 2 * address) % (int)(sizeof image - 256), bytes);
    if (c->device == dipped && address <= 2 && address + count >= 4) put_float(out + 9 + 2 * (2 - address), DIP_M);
    if (write(c->fd, out, 9 + bytes) == 9 + bytes) replies++;
}

static int serve(Client *c, int registers) {
    ssize_t n = read(c->fd, c->in + c->have, sizeof c->in - c->have);
    if (n <= 0) return n < 0 && errno == EAGAIN ? 0 : -1;
    c->have += n;
    size_t at = 0;
    while (c->have - at >= 12) {
        size_t size = 6 + (c->in[at + 4] << 8 | c->in[at + 5]);
        if (size != 12) return -1;
        answer(c, c->in + at, registers);
        at += size;
    }
    memmove(c->in, c->in + at, c->have -= at);
    return 0;
}

static int open_device(int device, int *port) {
    uint32_t address = 0x7f010000u | (uint32_t)(device / UNITS) << 8 | (uint32_t)(1 + device % UNITS);
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons(*port), .sin_addr.s_addr = htonl(address)};
    socklen_t size = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, size) || listen(fd, 16)) exit(1);
    getsockname(fd, (struct sockaddr *)&a, &size);
    *port = ntohs(a.sin_port);
    return fd;
}

static void dip_in_turn(int devices) {
    static int64_t next;
    static int turn;
    int64_t t = now_ns(CLOCK_MONOTONIC);
    if (!next) next = t + 2000000000;
    if (t < next) return;
    next += 1000000000;
    dipped = dipped < 0 ? (turn++ * 37) % devices : -1;
    if (dipped >= 0) printf("dip %d %lld\n", dipped, (long long)now_ns(CLOCK_REALTIME));
}

int main(int count, char **words) {
    if (count != 3) return 2;
    int devices = atoi(words[1]), registers = atoi(words[2]), port = 0, one = 1;
    struct epoll_event event, ready[256];
    int poll = epoll_create1(0), listening[MOST];
    static Client clients[MOST];
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < 4; i++) signal((int[]){SIGUSR1, SIGUSR2, SIGTERM, SIGINT}[i], on_signal);
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < devices && i < MOST; i++) {
        listening[i] = open_device(i, &port);
        event.events = EPOLLIN, event.data.u32 = MOST + i;
        epoll_ctl(poll, EPOLL_CTL_ADD, listening[i], &event);
    }
    printf("%d\n", port);
    for (int i = 0; i < MOST; i++) clients[i].fd = -1;
    for (int64_t moved = 0; !told_to_end;) {
        int n = epoll_wait(poll, ready, 256, 10);
        if (now_ns(CLOCK_MONOTONIC) - moved > 50000000) moved = now_ns(CLOCK_MONOTONIC), move_values();
        dip_in_turn(devices);
        if (counting) printf("count %lld\n", replies), counting = 0;
        if (asked) {
            for (int i = 0; i < devices; i++) close(listening[i]);
            for (int i = 0; i < MOST; i++)
                if (clients[i].fd >= 0) close(clients[i].fd), clients[i].fd = -1;
            printf("served %lld\n", replies);
            asked = n = 0;
        }
        for (int i = 0; i < n; i++) {
            uint32_t who = ready[i].data.u32;
            if (who < MOST) {
                if (serve(&clients[who], registers)) close(clients[who].fd), clients[who].fd = -1;
                continue;
            }
            int fd = accept4(listening[who - MOST], NULL, NULL, SOCK_NONBLOCK), slot = 0;
            while (fd >= 0 && slot < MOST && clients[slot].fd >= 0) slot++;
            if (fd < 0 || slot == MOST) continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            clients[slot] = (Client){.fd = fd, .device = who - MOST};
            event.events = EPOLLIN, event.data.u32 = slot;
            epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
        }
    }
    return 0;
}
