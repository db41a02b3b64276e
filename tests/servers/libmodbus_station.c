/* The station of modbus_station.py by libmodbus: station PORT UNIT... , or station DEVICE UNIT... on a serial line.
 * It obeys the same lines on stdin, but for `mute`. A unit that is not there is a gateway's exception 11. */
#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

#define FLOATS 60

static modbus_mapping_t *units[256];
static int failing[256];

/* Not modbus_set_float_abcd: that of libmodbus 3.1.6 (Debian 12) swaps the bytes of each register. */
static void put(float value, uint16_t *at) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    at[0] = bits >> 16;
    at[1] = bits;
}

static modbus_mapping_t *unit(int number) {
    modbus_mapping_t *m = modbus_mapping_new(16, 16, 2 * FLOATS, 20);
    for (int n = 0; n < FLOATS; n++) put(100.0f * number + n, m->tab_registers + 2 * n);
    for (int n = 0; n < 20; n++) m->tab_input_registers[n] = (uint16_t)-n;
    for (int n = 0; n < 16; n++) m->tab_bits[n] = m->tab_input_bits[n] = n % 2;
    return m;
}

static void obey(char *line) {
    int number, n;
    float value;
    if (sscanf(line, "set %d %d %f", &number, &n, &value) == 3)
        put(value, units[number]->tab_registers + 2 * n);
    else if (sscanf(line, "fail %d %d", &number, &n) == 2) failing[number] = n;
    else if (sscanf(line, "heal %d", &number) == 1) failing[number] = 0;
    puts("done");
    fflush(stdout);
}

static int serve(modbus_t *ctx, int header) {
    uint8_t query[MODBUS_MAX_ADU_LENGTH];
    int size = modbus_receive(ctx, query);
    if (size <= 0) return size;
    int number = query[header - 1];
    if (!units[number]) return modbus_reply_exception(ctx, query, 11);
    if (failing[number]) return modbus_reply_exception(ctx, query, failing[number]);
    return modbus_reply(ctx, query, size, units[number]);
}

int main(int argc, char **argv) {
    int port = atoi(argv[1]), listener = -1, greatest;
    modbus_t *ctx = port ? modbus_new_tcp("127.0.0.1", port) : modbus_new_rtu(argv[1], 19200, 'N', 8, 1);
    fd_set all;
    for (int i = 2; i < argc; i++) units[atoi(argv[i])] = unit(atoi(argv[i]));
    FD_ZERO(&all);
    FD_SET(0, &all);
    if (port) greatest = listener = modbus_tcp_listen(ctx, 16);
    else {
        modbus_set_slave(ctx, atoi(argv[2]));
        if (modbus_connect(ctx)) { perror(argv[1]); return 1; }
        greatest = modbus_get_socket(ctx);
    }
    if (greatest < 0) { perror(argv[1]); return 1; }
    FD_SET(greatest, &all);
    puts("ready");
    fflush(stdout);
    for (;;) {
        fd_set now = all;
        if (select(greatest + 1, &now, 0, 0, 0) < 0) return 1;
        for (int fd = 0; fd <= greatest; fd++) {
            char line[256];
            if (!FD_ISSET(fd, &now)) continue;
            if (fd == 0) {
                int n = read(0, line, sizeof line - 1);
                if (n <= 0) return 0;
                line[n] = 0;
                obey(line);
            } else if (fd == listener) {
                int accepted = modbus_tcp_accept(ctx, &listener);
                if (accepted < 0) continue;
                FD_SET(accepted, &all);
                if (accepted > greatest) greatest = accepted;
            } else {
                if (port) modbus_set_socket(ctx, fd);
                if (serve(ctx, modbus_get_header_length(ctx)) < 0 && port) { close(fd); FD_CLR(fd, &all); }
            }
        }
    }
}
