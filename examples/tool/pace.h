/* pace.h - how many requests a second: a token bucket that yields when the service throttles.
 * in: the time, and what happened     out: may a request be sent, or when
 *
 * Each throttled response lowers the rate to 70 %, at most once a second. Every second without one
 * raises it by a twentieth of what was asked for, until it is that again. Without a rate (--rate 0)
 * throttling sets one, from what was sent in the last second; it grows by a tenth a second and
 * goes when it is twice as high.                                                                      */
#ifndef TOOL_PACE_H
#define TOOL_PACE_H

#include <stdint.h>

struct pace {
    double  asked, rate; /* requests a second; 0: no limit */
    double  burst, tokens;
    int64_t last_ms, changed_ms;
    double  peak;              /* what was sent in a second when throttling set a rate */
    int64_t second_ms;         /* when the current second began */
    double  sent, sent_before; /* in it, and in the one before */
};

static void pace_start(struct pace *p, double rate, double burst, int64_t now_ms)
{
    const struct pace none = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
    *p                     = none;
    p->asked = p->rate = rate;
    p->burst = p->tokens = burst > 1 ? burst : 1;
    p->last_ms = p->changed_ms = p->second_ms = now_ms;
}

static void pace_recover(struct pace *p, int64_t now_ms)
{
    if (p->rate == p->asked || now_ms - p->changed_ms < 1000) return;
    p->changed_ms = now_ms;
    if (p->asked > 0) {
        p->rate += p->asked / 20;
        if (p->rate > p->asked) p->rate = p->asked;
    } else {
        p->rate *= 1.1;
        if (p->rate > 2 * p->peak) p->rate = 0;
    }
}

static void pace_refill(struct pace *p, int64_t now_ms)
{
    pace_recover(p, now_ms);
    p->tokens += p->rate * (double)(now_ms - p->last_ms) / 1000;
    if (p->tokens > p->burst) p->tokens = p->burst;
    p->last_ms = now_ms;
    if (now_ms - p->second_ms < 1000) return;
    p->sent_before = now_ms - p->second_ms < 2000 ? p->sent : 0;
    p->sent        = 0;
    p->second_ms   = now_ms;
}

/* 0: send now. Else for so many milliseconds there is nothing to send. */
static int64_t pace_wait_ms(struct pace *p, int64_t now_ms)
{
    pace_refill(p, now_ms);
    if (p->rate == 0 || p->tokens >= 1) return 0;
    return 1 + (int64_t)((1 - p->tokens) * 1000 / p->rate);
}

/* A request is sent, whether there was a token for it or not. */
static void pace_sent(struct pace *p)
{
    p->sent++;
    if (p->rate > 0) p->tokens--;
}

static void pace_throttled(struct pace *p, int64_t now_ms)
{
    if (now_ms - p->changed_ms < 1000 && p->rate != p->asked) return;
    p->changed_ms = now_ms;
    if (p->rate == 0) {
        p->rate = p->peak = p->sent > p->sent_before ? p->sent : p->sent_before;
        p->tokens         = 0;
    }
    p->rate *= 0.7;
    if (p->rate < 0.5) p->rate = 0.5;
    if (p->asked > 0 && p->rate > p->asked) p->rate = p->asked;
}

#endif
