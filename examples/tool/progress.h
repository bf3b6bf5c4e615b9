/* progress.h - what a run of many updates says: a bar, or plain lines, then a summary.
 * in: finished records     out: stderr; with --output json a summary on stdout */
#ifndef TOOL_PROGRESS_H
#define TOOL_PROGRESS_H

#include <inttypes.h>
#include <jansson.h>
#include <sys/ioctl.h>

#include "journal.h"

enum { MAX_GROUPS = 32, SHOWN_PROBLEMS = 20, BAR_WIDTH = 24 };

struct failure_group {
    char        label[LABEL_SIZE];
    uint64_t    count, first_line;
    struct text message; /* of the first one; empty when only the journal knows it */
};

struct progress {
    int                  terminal, quiet, drawn;
    int64_t              start_ms, shown_ms;
    uint64_t             done, failed, before; /* before: how many of them in earlier runs */
    uint64_t             shown;                /* problems that got a line */
    double               rate;                 /* finished a second, smoothed */
    uint64_t             last_count;
    struct failure_group groups[MAX_GROUPS];
    size_t               group_count;
};

static void start_progress(struct progress *p, int quiet, int64_t now_ms)
{
    memset(p, 0, sizeof *p);
    p->terminal = isatty(STDERR_FILENO);
    p->quiet    = quiet;
    p->start_ms = p->shown_ms = now_ms;
}

static void clear_bar(struct progress *p)
{
    if (p->drawn) fputs("\r\033[K", stderr);
    p->drawn = 0;
}

static void put_duration(struct text *to, double seconds)
{
    if (seconds < 120) text_format(to, "%.0f s", seconds);
    else if (seconds < 7200) text_format(to, "%.0f min", seconds / 60);
    else text_format(to, "%.1f h", seconds / 3600);
}

static size_t terminal_width(void)
{
#ifdef TIOCGWINSZ
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
#endif
    return 80;
}

/* A line that wraps could not be overwritten: without its bar when it is too long, and then cut. */
static void draw_line(struct text *line)
{
    const size_t width = terminal_width();
    const char  *bar   = strchr(line->ptr, ']');
    const char  *from  = line->len >= width && bar != NULL ? bar + 2 : line->ptr;
    fprintf(stderr, "\r%.*s\033[K", (int)width - 1, from);
}

/* share: of the input's bytes; negative: unknown. */
static void put_bar(struct text *to, const struct progress *p, double share)
{
    const int filled = share > 0 ? (int)(share * BAR_WIDTH) : 0;
    int       i;
    if (share >= 0) {
        text_byte(to, '[');
        for (i = 0; i < BAR_WIDTH; i++) text_byte(to, i < filled ? '#' : '.');
        text_format(to, "] %3.0f %%  ", 100 * share);
    }
    text_format(to, "%" PRIu64 " done, %" PRIu64 " failed, %.1f/s", p->done, p->failed, p->rate);
}

static void show_progress(struct progress *p, double share, int64_t now_ms)
{
    const int64_t  passed = now_ms - p->shown_ms;
    const uint64_t count  = p->done + p->failed;
    struct text    line   = { NULL, 0, 0 };
    double         left;
    if (p->quiet || passed < (p->terminal ? 200 : 10000)) return;
    left          = 1000.0 * (double)(count - p->last_count) / (double)passed;
    p->rate       = p->rate == 0 ? left : 0.8 * p->rate + 0.2 * left;
    p->last_count = count;
    p->shown_ms   = now_ms;
    put_bar(&line, p, share);
    if (share > 0.01 && p->rate > 0 && count > p->before) {
        left = (double)count / share * (1 - share) / p->rate;
        text_put(&line, ", ");
        put_duration(&line, left);
        text_put(&line, " left");
    }
    if (p->terminal) draw_line(&line);
    else fprintf(stderr, "%s\n", line.ptr);
    fflush(stderr);
    p->drawn = p->terminal;
    text_free(&line);
}

static void count_failure(struct progress *p, const char *label, uint64_t line, const char *message)
{
    struct failure_group *g = p->groups;
    size_t                i = 0;
    while (i < p->group_count && strcmp(g[i].label, label) != 0) i++;
    if (i == MAX_GROUPS) i--, label = "other";
    if (i == p->group_count) {
        p->group_count++;
        snprintf(g[i].label, sizeof g[i].label, "%s", label);
        g[i].first_line = line;
        text_put(&g[i].message, message);
    }
    g[i].count++;
}

/* A record that failed. message is empty when it failed in an earlier run. */
static void progress_failed(struct progress *p, const char *label, uint64_t line,
                            const char *message)
{
    p->failed++;
    count_failure(p, label, line, message);
    if (message[0] == '\0' || p->shown > SHOWN_PROBLEMS) return;
    clear_bar(p);
    if (p->shown++ == SHOWN_PROBLEMS) {
        fputs("further failures are only counted\n", stderr);
        return;
    }
    fprintf(stderr, "line %" PRIu64 ": ", line);
    print_safely(stderr, message);
    putc('\n', stderr);
}

static void print_group(const struct failure_group *g)
{
    const char  *message = text_string(&g->message);
    const size_t n       = strlen(g->label);
    if (strncmp(message, g->label, n) == 0 && begins_with(message + n, ": ")) message += n + 2;
    fprintf(stderr, "  %" PRIu64 " %s, the first in line %" PRIu64 "%s", g->count, g->label,
            g->first_line, message[0] != '\0' ? ": " : "");
    print_safely(stderr, message);
    putc('\n', stderr);
}

static void print_summary(struct progress *p, const char *failed_path, int64_t now_ms)
{
    const double   seconds = (double)(now_ms - p->start_ms) / 1000;
    const uint64_t now     = p->done + p->failed - p->before;
    size_t         i;
    clear_bar(p);
    fprintf(stderr, "%" PRIu64 " done, %" PRIu64 " failed", p->done, p->failed);
    if (p->before > 0) fprintf(stderr, " (%" PRIu64 " of them in earlier runs)", p->before);
    fprintf(stderr, "; %.1f s, %.1f lines/s\n", seconds, seconds > 0 ? (double)now / seconds : 0.0);
    for (i = 0; i < p->group_count; i++) print_group(&p->groups[i]);
    if (p->failed > 0 && failed_path != NULL)
        fprintf(stderr,
                "the failed lines are in %s; mend them, then run the same command with --from %s\n",
                failed_path, failed_path);
}

static void print_json_summary(const struct progress *p, const char *failed_path, int code)
{
    json_t *all = json_object(), *groups = json_array();
    char   *dump;
    size_t  i;
    json_object_set_new(all, "ExitCode", json_integer(code));
    json_object_set_new(all, "Done", json_integer((json_int_t)p->done));
    json_object_set_new(all, "Failed", json_integer((json_int_t)p->failed));
    json_object_set_new(all, "InEarlierRuns", json_integer((json_int_t)p->before));
    for (i = 0; i < p->group_count; i++) {
        json_t *g = json_object();
        json_object_set_new(g, "Code", json_string(p->groups[i].label));
        json_object_set_new(g, "Count", json_integer((json_int_t)p->groups[i].count));
        json_object_set_new(g, "FirstLine", json_integer((json_int_t)p->groups[i].first_line));
        json_array_append_new(groups, g);
    }
    json_object_set_new(all, "Failures", groups);
    if (p->failed > 0 && failed_path != NULL)
        json_object_set_new(all, "FailedLines", json_string(failed_path));
    dump = checked(json_dumps(all, JSON_INDENT(4)));
    puts(dump);
    free(dump);
    json_decref(all);
}

static void free_progress(struct progress *p)
{
    while (p->group_count > 0) text_free(&p->groups[--p->group_count].message);
}

#endif
