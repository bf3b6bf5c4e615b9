/* credentials.h - as whom a request is signed: the chain of the AWS command line.
 * in: settings     out: struct credentials, or why there are none
 *
 *   --credentials-from                      ours, wins over all
 *   environment                             unless --profile is given
 *   credentials file, credential_process, config file
 *   container, instance                     by ../credentials.h, as the program of the second line
 *
 * Half a pair is an error and does not fall through to the next source. No text of this file ever
 * holds a secret or a token.                                                                     */
#ifndef TOOL_CREDENTIALS_H
#define TOOL_CREDENTIALS_H

#include "connect_update_contact.h"

#include "../credentials.h"
#include "settings.h"

struct credentials {
    char       *access_key, *secret_key, *session_token; /* owned; the token may be NULL */
    const char *source;                                  /* for --verbose; a literal */
    creds      *renewable;                               /* owned; NULL: they stay what they are */
    creds_set   latest; /* of renewable: what was used last, or why there is nothing */
};

enum { NOT_HERE, FOUND };

static void take_credentials(struct credentials *c, const char *source, const char *access,
                             const char *secret, const char *token)
{
    c->access_key    = copy_string(access);
    c->secret_key    = copy_string(secret);
    c->session_token = token != NULL && token[0] != '\0' ? copy_string(token) : NULL;
    c->source        = source;
}

static void wipe_string(char **string)
{
    volatile char *at = *string;
    while (at != NULL && *at != '\0') *at++ = '\0';
    free(*string);
    *string = NULL;
}

static void free_credentials(struct credentials *c)
{
    wipe_string(&c->access_key);
    wipe_string(&c->secret_key);
    wipe_string(&c->session_token);
    creds_wipe(&c->latest);
    if (c->renewable != NULL) creds_free(c->renewable);
    free(c->renewable);
}

/* ---- a program, a container, an instance ----------------------------------------------------- */

static const struct {
    creds_source source;
    const char  *name;
} renewable_names[] = {
    { CREDS_PROCESS,   "credential_process" },
    { CREDS_CONTAINER, "container"          },
    { CREDS_INSTANCE,  "instance"           },
};

/* Fetches them, and keeps the source: bulk outlives credentials. An instance that does not respond
 * is none: that is how one finds out.                                                            */
static int from_renewable(const struct settings *s, creds_source source, const char *command,
                          struct credentials *c)
{
    creds_status status;
    size_t       i = 0;
    c->renewable   = checked(malloc(sizeof *c->renewable));
    creds_init(c->renewable);
    c->renewable->ca_file = s->ca_bundle;
    creds_choose(c->renewable); /* for what it reads from the environment */
    c->renewable->source  = source;
    c->renewable->command = command;
    status                = creds_get(c->renewable, (int64_t)time(NULL) * 1000, 0, &c->latest);
    while (renewable_names[i].source != source) i++;
    if (status == CREDS_OK) {
        take_credentials(c, renewable_names[i].name, c->latest.access_key, c->latest.secret_key,
                         c->latest.session_token);
        return FOUND;
    }
    if (source != CREDS_INSTANCE || status != CREDS_E_NETWORK)
        fail(EXIT_OTHER, "no credentials from %s: %s", renewable_names[i].name, c->latest.error);
    creds_free(c->renewable);
    free(c->renewable);
    c->renewable = NULL;
    return NOT_HERE;
}

/* For the callback of a call: *mine belongs to that call. Returns 0, or what ends the call. */
static int renew_credentials(struct credentials *c, creds_set *mine, int64_t now_ms,
                             cuc_credentials *out)
{
    int problem;
    if (c->renewable == NULL) return 0;
    problem = creds_callback(c->renewable, mine, now_ms, out);
    if (problem != 0 || mine->serial != c->latest.serial) c->latest = *mine;
    return problem;
}

/* ---- the sources, in their order ------------------------------------------------------------- */

static int from_environment(const struct settings *s, struct credentials *c)
{
    const char *access = variable("AWS_ACCESS_KEY_ID"), *token = variable("AWS_SECURITY_TOKEN");
    const char *secret = variable("AWS_SECRET_ACCESS_KEY");
    if (s->profile_is_explicit || access == NULL) return NOT_HERE;
    if (secret == NULL)
        fail(EXIT_OTHER, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not");
    if (token == NULL) token = variable("AWS_SESSION_TOKEN");
    take_credentials(c, "environment", access, secret, token);
    return FOUND;
}

static int from_section(const struct ini *ini, const char *section, const char *path,
                        const char *source, struct credentials *c)
{
    const char *access = ini_value(ini, section, "aws_access_key_id");
    const char *secret = ini_value(ini, section, "aws_secret_access_key");
    const char *token  = ini_value(ini, section, "aws_security_token");
    if (access == NULL) return NOT_HERE;
    if (secret == NULL)
        fail(EXIT_OTHER, "%s, [%s]: aws_secret_access_key is missing", path, section);
    if (token == NULL) token = ini_value(ini, section, "aws_session_token");
    take_credentials(c, source, access, secret, token);
    return FOUND;
}

static int from_credentials_file(const struct settings *s, struct credentials *c)
{
    return from_section(&s->credentials, s->profile, s->credentials_path, "credentials file", c);
}

static int from_process(const struct settings *s, struct credentials *c)
{
    const char *command = profile_value(s, "credential_process");
    return command != NULL ? from_renewable(s, CREDS_PROCESS, command, c) : NOT_HERE;
}

static int from_config_file(const struct settings *s, struct credentials *c)
{
    return from_section(&s->config, s->config_section, s->config_path, "config file", c);
}

/* Known to the AWS command line, and not to us: says so, instead of using some other source. */
static int from_roles(const struct settings *s, struct credentials *c)
{
    static const char *const keys[] = { "role_arn", "sso_session", "sso_start_url", "login_session",
                                        "web_identity_token_file" };
    size_t                   i;
    (void)c;
    for (i = 0; i < COUNT(keys); i++)
        if (profile_value(s, keys[i]) != NULL)
            fail(EXIT_SETUP,
                 "profile %s has %s, which this tool does not follow; use: --credentials-from 'aws "
                 "configure export-credentials --format process --profile %s'",
                 s->profile, keys[i], s->profile);
    return NOT_HERE;
}

static int from_container(const struct settings *s, struct credentials *c)
{
    if (variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") == NULL &&
        variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") == NULL)
        return NOT_HERE;
    return from_renewable(s, CREDS_CONTAINER, NULL, c);
}

static int from_instance(const struct settings *s, struct credentials *c)
{
    if (is_true(variable("AWS_EC2_METADATA_DISABLED"))) return NOT_HERE;
    return from_renewable(s, CREDS_INSTANCE, NULL, c);
}

static void read_credentials(const struct settings *s, const struct options *o,
                             struct credentials *c)
{
    static int (*const sources[])(const struct settings *, struct credentials *) = {
        from_environment, from_roles,     from_credentials_file, from_process,
        from_config_file, from_container, from_instance,
    };
    size_t i;
    if (given(o, O_CREDENTIALS_FROM)) {
        from_renewable(s, CREDS_PROCESS, o->value[O_CREDENTIALS_FROM], c);
        return;
    }
    for (i = 0; i < COUNT(sources); i++)
        if (sources[i](s, c) == FOUND) return;
    fail(EXIT_SETUP,
         "no credentials: neither AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment "
         "nor keys of profile %s in %s or %s, nor a container or an instance that has a role",
         s->profile, s->credentials_path, s->config_path);
}

#endif
