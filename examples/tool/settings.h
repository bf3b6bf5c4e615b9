/* settings.h - where requests go and how: region, endpoint, profile, retries, time-outs.
 * in: options, environment, ~/.aws/config and ~/.aws/credentials     out: struct settings
 *
 * Precedence is that of the AWS command line, version 2: option, environment, profile. One rule is
 * ours: the region of an ARN that is given as --instance-id counts as said on the command line,
 * after --region.                                                                                */
#ifndef TOOL_SETTINGS_H
#define TOOL_SETTINGS_H

#include "ini.h"
#include "options.h"

struct settings {
    const char *profile;
    int         profile_is_explicit; /* by --profile: then keys in the environment do not count */
    char       *config_path, *credentials_path;
    struct ini  config, credentials;
    char       *config_section; /* of the profile, in config; NULL: there is none */
    const char *region, *endpoint_url, *ca_bundle;
    char       *service_endpoint; /* from a services section; owned */
    int         use_fips, use_dualstack;
    long        max_attempts, connect_timeout_s, read_timeout_s;
};

/* Of the variable, or below the home directory. */
static char *settings_path(const char *name, const char *otherwise)
{
    const char *path = variable(name), *home = variable("HOME");
    struct text t = { NULL, 0, 0 };
    if (path == NULL) path = otherwise;
    if (begins_with(path, "~/") && home != NULL) {
        text_put(&t, home);
        path++;
    }
    text_put(&t, path);
    return t.ptr;
}

/* A file that is not there, or that may not be read, counts as empty. */
static void settings_file(const char *path, struct ini *ini)
{
    struct text text = { NULL, 0, 0 };
    if (read_file(path, &text) == 0) ini_read(ini, text_string(&text), text.len);
    text_free(&text);
    if (ini->problem != NULL) fail(EXIT_OTHER, "%s, line %d: %s", path, ini->line, ini->problem);
}

/* The section of config that is the profile's: [default], [profile a] or [profile "a b"]. */
static char *profile_section(const struct ini *config, const char *profile)
{
    char  *found = NULL;
    size_t i;
    for (i = 0; i < config->count; i++) {
        const char *section = config->entries[i].section;
        char      **words;
        int         same;
        if (config->entries[i].key != NULL) continue;
        if (strcmp(section, "default") == 0) same = strcmp(profile, "default") == 0;
        else {
            if (!begins_with(section, "profile") || (words = split_words(section)) == NULL)
                continue;
            same = words[0] != NULL && words[1] != NULL && words[2] == NULL &&
                   strcmp(words[1], profile) == 0;
            free(words);
        }
        if (!same) continue;
        free(found); /* the last one counts */
        found = copy_string(section);
    }
    return found;
}

/* Of the profile. A key in the credentials file wins over the same key in config. */
static const char *profile_value(const struct settings *s, const char *key)
{
    const char *value = ini_value(&s->credentials, s->profile, key);
    if (value == NULL) value = ini_value(&s->config, s->config_section, key);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static void find_profile(struct settings *s, const struct options *o)
{
    const char *named      = given(o, O_PROFILE) ? o->value[O_PROFILE] : variable("AWS_PROFILE");
    s->profile_is_explicit = given(o, O_PROFILE);
    if (named == NULL) named = variable("AWS_DEFAULT_PROFILE");
    s->profile        = named != NULL ? named : "default";
    s->config_section = profile_section(&s->config, s->profile);
    if (named != NULL && s->config_section == NULL &&
        ini_entry(&s->credentials, named, NULL) == NULL)
        fail(EXIT_OTHER, "there is no profile %s: neither [profile %s] in %s nor [%s] in %s", named,
             named, s->config_path, named, s->credentials_path);
}

/* The first that is set: option, variables, the profile's key. */
static const char *setting(const struct settings *s, const char *option, const char *first,
                           const char *second, const char *key)
{
    const char *value = option;
    if (value == NULL && first != NULL) value = variable(first);
    if (value == NULL && second != NULL) value = variable(second);
    if (value == NULL && key != NULL) value = profile_value(s, key);
    return value;
}

static int is_true(const char *value) { return value != NULL && same_word(value, "true"); }

/* services = NAME, and below [services NAME]: connect = (nested) endpoint_url = URL */
static char *services_endpoint(const struct settings *s)
{
    const char *name    = profile_value(s, "services"), *nested, *line;
    struct text section = { NULL, 0, 0 };
    char       *url     = NULL;
    if (name == NULL) return NULL;
    text_format(&section, "services %s", name);
    nested = ini_value(&s->config, section.ptr, "connect");
    text_free(&section);
    for (line = nested; line != NULL; line = strchr(line, '\n')) {
        const char *value;
        line += *line == '\n';
        if (!begins_with(line, "endpoint_url")) continue;
        value = line + strlen("endpoint_url");
        while (*value == ' ' || *value == '\t') value++;
        if (*value++ != '=') continue;
        while (*value == ' ' || *value == '\t') value++;
        url = copy_bytes(value, strcspn(value, "\n"));
        break;
    }
    return url;
}

static void find_endpoint(struct settings *s, const struct options *o)
{
    s->use_fips = is_true(setting(s, o->value[O_FIPS] != NULL ? "true" : NULL,
                                  "AWS_USE_FIPS_ENDPOINT", NULL, "use_fips_endpoint"));
    s->use_dualstack =
        is_true(setting(s, o->value[O_DUALSTACK] != NULL ? "true" : NULL,
                        "AWS_USE_DUALSTACK_ENDPOINT", NULL, "use_dualstack_endpoint"));
    s->endpoint_url = o->value[O_ENDPOINT];
    if (s->endpoint_url == NULL && !is_true(setting(s, NULL, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                                    NULL, "ignore_configured_endpoint_urls"))) {
        s->endpoint_url = setting(s, NULL, "AWS_ENDPOINT_URL_CONNECT", "AWS_ENDPOINT_URL", NULL);
        if (s->endpoint_url == NULL) s->endpoint_url = s->service_endpoint = services_endpoint(s);
        if (s->endpoint_url == NULL) s->endpoint_url = profile_value(s, "endpoint_url");
    }
    if (s->endpoint_url == NULL) return;
    if (!begins_with(s->endpoint_url, "http://") && !begins_with(s->endpoint_url, "https://"))
        fail(EXIT_USAGE, "the endpoint URL has to begin with http:// or https://");
    s->use_fips      = given(o, O_FIPS); /* the switches of the environment are for AWS's own */
    s->use_dualstack = given(o, O_DUALSTACK);
}

static void find_retries(struct settings *s, const struct options *o)
{
    static const char *const modes[] = { "legacy", "standard", "adaptive" };
    const char              *mode = setting(s, NULL, "AWS_RETRY_MODE", NULL, "retry_mode"), *count;
    size_t                   i;
    for (i = 0; mode != NULL && i < COUNT(modes) && strcmp(mode, modes[i]) != 0; i++) continue;
    if (mode != NULL && i == COUNT(modes))
        fail(EXIT_OTHER, "the retry mode is none of legacy, standard, adaptive");
    s->max_attempts = 3;
    count           = setting(s, NULL, "AWS_MAX_ATTEMPTS", NULL, "max_attempts");
    if (given(o, O_MAX_ATTEMPTS)) s->max_attempts = option_number(o, O_MAX_ATTEMPTS, 1, 1000, 3);
    else if (count != NULL && !read_number(count, 1, 1000, &s->max_attempts))
        fail(EXIT_OTHER, "max_attempts is not a whole number from 1 to 1000");
}

static void read_settings(struct settings *s, const struct options *o)
{
    if (given(o, O_NO_VERIFY))
        fail(EXIT_USAGE, "--no-verify-ssl is refused: without verified certificates anybody on the "
                         "network gets the request and the session token. If a private authority "
                         "signs the certificates, use --ca-bundle FILE or AWS_CA_BUNDLE");
    s->config_path      = settings_path("AWS_CONFIG_FILE", "~/.aws/config");
    s->credentials_path = settings_path("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
    settings_file(s->config_path, &s->config);
    settings_file(s->credentials_path, &s->credentials);
    find_profile(s, o);
    find_endpoint(s, o);
    find_retries(s, o);
    s->region    = setting(s, o->value[O_REGION], "AWS_REGION", "AWS_DEFAULT_REGION", "region");
    s->ca_bundle = setting(s, o->value[O_CA_BUNDLE], "AWS_CA_BUNDLE", NULL, "ca_bundle");
    s->connect_timeout_s = option_number(o, O_CONNECT_TIMEOUT, 0, 86400, 60);
    s->read_timeout_s    = option_number(o, O_READ_TIMEOUT, 0, 86400, 60);
}

static void free_settings(struct settings *s)
{
    ini_free(&s->config);
    ini_free(&s->credentials);
    free(s->config_path);
    free(s->credentials_path);
    free(s->config_section);
    free(s->service_endpoint);
}

#endif
