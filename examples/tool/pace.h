/* pace.h - how many requests a second: a token bucket that yields when the service throttles.
 * in: the time, and what happened     out: may a request be sent, or when
 *
 * Throttling lowers the rate to 70 %, at most once a second, because responses to what was sent
 * before still arrive. Each second without a throttled response raises it by a tenth, until it is
 * what was asked for. Without a rate (--rate 0) throttling sets one, from what was sent in the last
 * second; it goes away when it has grown to twice that.                                          */
#ifndef TOOL_PACE_H
#define TOOL_PACE_H

#include <stdint.h>
#include <string.h>

struct pace {
    double  asked, rate; /* requests a second; 0: no limit */
    double  burst, tokens;
    int64_t last_ms;                  /* of the last refill */
    int64_t throttled_ms, lowered_ms; /* the last throttled response; the last change downwards */
    int64_t raised_ms;
    double  peak;              /* what was sent in a second when throttling set a rate */
    int64_t second_ms;         /* when the current second began */
    double  sent, sent_before; /* in it, and in the one before */
};

static void pace_start(struct pace *p, double rate, double burst, int64_t now_ms)
{
    memset(p, 0, sizeof *p);
    p->asked = p->rate = rate;
    p->burst = p->tokens = burst > 1 ? burst : 1;
    p->last_ms = p->second_ms = now_ms;
    p->throttled_ms = p->lowered_ms = p->raised_ms = now_ms - 1000;
}

static void pace_recover(struct pace *p, int64_t now_ms)
{
    if (p->rate == p->asked || now_ms - p->throttled_ms < 1000 || now_ms - p->raised_ms < 1000)
        return;
    p->raised_ms = now_ms;
    p->rate *= 1.1;
    if (p->asked > 0 && p->rate > p->asked) p->rate = p->asked;
    if (p->asked == 0 && p->rate > 2 * p->peak) p->rate = 0;
}

/* The most that a pause saves: the burst, or if that is more, one and what comes in two
 * milliseconds: the time is in whole ones, and nothing of a token must get lost.                 */
static double pace_most(const struct pace *p)
{
    const double least = 1 + p->rate / 500;
    return p->burst > least ? p->burst : least;
}

static void pace_refill(struct pace *p, int64_t now_ms)
{
    pace_recover(p, now_ms);
    p->tokens += p->rate * (double)(now_ms - p->last_ms) / 1000;
    if (p->tokens > pace_most(p)) p->tokens = pace_most(p);
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
    p->throttled_ms = now_ms;
    if (now_ms - p->lowered_ms < 1000) return;
    p->lowered_ms = now_ms;
    if (p->rate == 0) {
        p->rate = p->peak = p->sent > p->sent_before ? p->sent : p->sent_before;
        p->tokens         = 0;
    }
    p->rate *= 0.7;
    if (p->rate < 0.5) p->rate = 0.5;
    if (p->asked > 0 && p->rate > p->asked) p->rate = p->asked;
}

#endif
