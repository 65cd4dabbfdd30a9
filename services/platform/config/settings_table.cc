#include "services/platform/config/settings_table.h"

namespace evenhand {
namespace {

constexpr SettingRow kTable[] = {
    // Where and how the process runs.
    {"mode", Kind::kChoice, "all", "production", "dev|production", "dev allows the development key, shifted time and plain HTTP"},
    {"listen", Kind::kAddress, "all", "required", "unix:/path or host:port", "where it answers: gRPC for services, REST for the gateway"},
    {"metrics-listen", Kind::kAddress, "all", "127.0.0.1:0", "host:port", "where /metrics is, alone on its port"},
    {"health-listen", Kind::kAddress, "services", "", "host:port", "plain gRPC health alone, for Kubernetes' probes; off when empty"},
    {"state-dir", Kind::kText, "all", "required", "folder", "evidence, spools and printed letters"},
    {"log-level", Kind::kChoice, "all", "info", "debug|info|warning|error",
     "the least that is logged; SIGHUP reads the file <state-dir>/log-level"},
    {"shutdown-grace", Kind::kDuration, "all", "20s", "duration", "time to finish what is in flight after SIGTERM"},
    {"time-offset", Kind::kText, "all", "0s", "+183d, -2h", "dev mode only: shifts the clock, so that reviews and deadlines can be tried"},
    {"background", Kind::kBoolean, "services", "on", "on|off", "sweeps and reminders; off for tests"},
    // The database.
    {"database", Kind::kSecret, "services", "required", "libpq connection string", "the service's own role, never the owner"},
    {"migrate-database", Kind::kSecret, "services", "", "libpq connection string", "the owner of the schemas; read by `migrate` alone"},
    {"pool-size", Kind::kNumber, "services", "8", "connections", "the honest bound on blocking work"},
    {"statement-timeout", Kind::kDuration, "services", "10s", "duration", "no statement holds a connection for longer"},
    {"rpc-threads", Kind::kNumber, "services", "32", "threads", "the sync server grows without bound unless capped"},
    {"service-areas", Kind::kText, "services", "", "names, comma between",
     "made at the first start, where no area is known yet; afterwards PUT /v1/serviceAreas/{id}. Empty in dev mode: the sample feed's "
     "seven"},
    // Identity.
    {"jwks", Kind::kText, "all", "required", "file:/path or https://…", "the identity provider's public keys"},
    {"issuer", Kind::kText, "all", "required", "URL", "tokens must name it as iss"},
    {"audience", Kind::kText, "all", "evenhand", "text", "tokens must name it in aud"},
    {"token-longest-life", Kind::kDuration, "all", "24h", "duration",
     "from a token's iat (else from now) to its exp; a longer one is 401, so that what leaks ends soon"},
    {"tls-certificate", Kind::kText, "all", "", "file",
     "PEM chain; TLS is on when it is set, and demanded outside dev mode except on UNIX sockets"},
    {"tls-key", Kind::kText, "all", "", "file", "PEM private key"},
    {"tls-ca", Kind::kText, "all", "", "file", "PEM; who may call between processes, and whom to trust"},
    // The REST edge.
    {"edge-certificate", Kind::kText, "gateway", "", "file", "PEM chain of the REST port; read again when it changes"},
    {"edge-key", Kind::kText, "gateway", "", "file", "PEM private key of the REST port"},
    {"max-connections", Kind::kNumber, "gateway", "10000", "connections", "in total; more are answered 503 and closed"},
    {"max-connections-per-client", Kind::kNumber, "gateway", "5000", "connections", "by address"},
    {"rate-limit", Kind::kCount, "gateway", "6000000", "requests a minute", "by token subject, or by address without a token; 0 is off"},
    {"cors-origins", Kind::kText, "gateway", "", "origins, comma between", "browsers of these origins may call; none by default"},
    {"request-timeout", Kind::kDuration, "gateway", "30s", "duration", "a caller's request ends then, and what it holds is freed"},
    {"edge-threads", Kind::kCount, "gateway", "0", "threads", "I/O threads; 0 is one a core, each kept on its own"},
    // incident-service.
    {"clamd", Kind::kText, "incident-service", "", "host:port or unix:/path",
     "the virus scanner; without one evidence is marked UNSCANNED (12.3)"},
    {"evidence-keys", Kind::kText, "incident-service", "", "file",
     "lines of `<key id> <base64 of 32 bytes>`, the last one is the current key; made in dev mode when missing"},
    {"evidence-max-mib", Kind::kNumber, "incident-service", "100", "MiB", "the largest piece of evidence"},
    {"escalation-interval", Kind::kDuration, "incident-service", "30s", "duration", "how often overdue follow-ups are looked for"},
    // restriction-service.
    {"check-spool-limit", Kind::kNumber, "restriction-service", "256", "MiB",
     "audit records of checks that wait on disk for the database; when they are full, guidance is refused (503), never given unrecorded "
     "(12.4)"},
    {"retain-years", Kind::kNumber, "restriction-service", "1", "years",
     "a restriction on contact is kept, from its end (ranges published by councils)"},
    {"retain-years-abuse", Kind::kNumber, "restriction-service", "3", "years", "the same after abuse"},
    {"retain-years-violence", Kind::kNumber, "restriction-service", "5", "years", "the same after violence or a threat of it"},
    {"review-months", Kind::kNumber, "restriction-service", "6", "months",
     "to a restriction's review where the decision names no date (7.4)"},
    {"marker-review-months", Kind::kNumber, "restriction-service", "12", "months", "to the review of a marker on the register"},
    // The other processes.
    {"incident", Kind::kAddress, "all", "", "address", "incident-service"},
    {"restriction", Kind::kAddress, "all", "", "address", "restriction-service"},
    {"appeal", Kind::kAddress, "all", "", "address", "appeal-service"},
    {"notification", Kind::kAddress, "all", "", "address", "notification-service"},
    // Appeals (services/appeal).
    {"appeal-window", Kind::kNumber, "services", "20", "working days",
     "to appeal a decision, from the day the person was told (City of Edinburgh, Aberdeen)"},
    {"post-takes", Kind::kNumber, "services", "2", "working days",
     "from the day a letter is posted until the person counts as told of it; the time to appeal runs from there"},
    {"appeal-acknowledge-within", Kind::kNumber, "appeal-service", "3", "working days", "to acknowledge an appeal, from its receipt"},
    {"appeal-decide-within", Kind::kNumber, "appeal-service", "20", "working days",
     "to decide an appeal, from its receipt; stands still while information is awaited"},
    {"appeal-answer-within", Kind::kNumber, "appeal-service", "10", "working days",
     "to answer a question about an appeal, where it names no day; after it the clock runs on"},
    {"appeal-longest-wait", Kind::kNumber, "appeal-service", "20", "working days",
     "that the clock of one appeal stands still in all, however much is asked"},
    {"working-calendar", Kind::kText, "services", "scotland", "calendar",
     "whose holidays count; kept at /v1/calendars/{calendar}/holidays"},
    // Notifications (services/notification).
    {"public-url", Kind::kText, "notification-service", "http://127.0.0.1:8080", "URL",
     "the REST address as staff reach it; links in messages lead there"},
    {"smtp-url", Kind::kText, "notification-service", "", "smtp://host:587 or smtps://host:465",
     "the mail server; empty (dev mode alone): mail goes into <state-dir>/mail"},
    {"smtp-user", Kind::kText, "notification-service", "", "text", "for authentication; empty: none"},
    {"smtp-password", Kind::kSecret, "notification-service", "", "text", "for authentication"},
    {"smtp-from", Kind::kText, "notification-service", "no-reply@example.org", "address", "the sender; an account linked to nobody"},
    {"smtp-tls", Kind::kChoice, "notification-service", "starttls", "starttls|opportunistic|off",
     "STARTTLS; off for a relay on the same machine alone"},
    {"smtp-ca", Kind::kText, "notification-service", "", "file",
     "PEM of who signed the mail server's certificate; empty: the machine's own list"},
    {"smtp-return-path", Kind::kText, "notification-service", "", "address",
     "where mail servers send their reports (the envelope's sender), a mailbox of its own; empty: smtp-from"},
    {"bounce-url", Kind::kText, "notification-service", "", "imaps://host:993 or imap://host:143",
     "the mailbox of those reports: what was delivered, delayed or given back is read there; empty: it is not read"},
    {"bounce-user", Kind::kText, "notification-service", "", "text", "for that mailbox"},
    {"bounce-password", Kind::kSecret, "notification-service", "", "text", "for that mailbox"},
    {"bounce-tls", Kind::kChoice, "notification-service", "starttls", "starttls|off",
     "for imap://; off in dev mode alone, since the password would go in the clear"},
    {"bounce-ca", Kind::kText, "notification-service", "", "file",
     "PEM of who signed that server's certificate; empty: the machine's own list"},
    {"bounce-folder", Kind::kText, "notification-service", "INBOX", "folder of the mailbox", "where reports arrive"},
    {"bounce-filed", Kind::kText, "notification-service", "Evenhand-reports", "folder of the mailbox",
     "where reports on our messages go once they are dealt with; made when missing"},
    {"bounce-strange", Kind::kText, "notification-service", "Evenhand-other", "folder of the mailbox",
     "where everything else goes (absence notes, replies), for people to look at; made when missing"},
    {"bounce-every", Kind::kDuration, "notification-service", "1m", "duration", "how often the mailbox is looked into"},
    {"notify-url", Kind::kText, "notification-service", "", "URL",
     "GOV.UK Notify; when set, letters go through it instead of the print folder"},
    {"notify-key", Kind::kSecret, "notification-service", "", "text", "its API key: name-<service id>-<secret>"},
    {"smtp-rate", Kind::kNumber, "notification-service", "50", "messages a second", "what the mail server takes"},
    {"webhook-rate", Kind::kNumber, "notification-service", "200", "requests a second", "to one receiver"},
    {"webhook-networks", Kind::kText, "notification-service", "", "networks, comma between",
     "inside networks that webhooks may go to (10.20.0.0/16, fd00:1::/64); all else of private, loopback and link-local ranges is refused "
     "at "
     "each connection"},
    {"webhook-keys", Kind::kText, "notification-service", "", "file",
     "lines of `<key id> <base64 of 32 bytes>` under which webhooks' secrets are kept, the last one is the current key; empty: "
     "<state-dir>/webhook-keys, made in dev mode when missing"},
    {"retry-first", Kind::kDuration, "notification-service", "2s", "duration",
     "pause after the first failure; doubled with jitter, 30 minutes at most"},
    {"retry-attempts", Kind::kNumber, "notification-service", "12", "attempts", "then a message has failed and a person decides"},
    {"acknowledge-within", Kind::kDuration, "notification-service", "72h", "duration", "then an unacknowledged share escalates"},
    {"print-folder", Kind::kText, "notification-service", "", "folder, or list",
     "where letters lie ready to be printed, on a disk that stays; `list`: at GET /v1/letters?state=PRINTED alone; empty (dev mode, or "
     "with "
     "notify-url): <state-dir>/print in dev mode"},
    {"letters-folder", Kind::kText, "notification-service", "", "folder",
     "templates, layouts and the renderer; empty: the ones that came with the program"},
    {"letters-python", Kind::kText, "notification-service", "/usr/bin/python3", "program", "the Python that WeasyPrint belongs to"},
};

}  // namespace

std::span<const SettingRow> SettingsTable() { return kTable; }

}  // namespace evenhand
