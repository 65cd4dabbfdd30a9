"""Each part of the bench and what it prints. Ratios are taken within a round, side by side; the medians of the rounds count."""
import json
import statistics
import subprocess
import time

import rig


def _rate(figure):
    if figure["errors"] or figure["wrong"]:
        raise SystemExit(f"wrong answers under load: {figure}")
    return figure["per_second"]


def checks(stack, chosen, say):
    """The check through REST beside (a) Fastify + pg, (b) pgbench with the check's SQL, (c) nginx with a constant, (d) the stream alone."""
    rounds, seconds = chosen.rounds or (3 if chosen.quick else 5), 3 if chosen.quick else 5
    if stack.people < chosen.people:
        stack.fill(chosen.people)
    mix, all_guidance = stack.bodies(0.05), stack.bodies(1.0)
    rows = []
    for number in range(rounds):
        row = {"evenhand": _rate(stack.load(stack.port, mix, seconds))}
        with rig.nginx(stack) as peer:
            row["nginx"] = stack.load(peer.port, mix, seconds)["per_second"]
        with rig.fastify(stack) as peer:
            row["fastify"] = _rate(stack.load(peer.port, mix, seconds))
        row["pgbench"] = rig.pgbench(stack, seconds)
        row["stream"] = rig.run("bench-stream", address=stack.address("restriction"), token=stack.token, bodies=mix, seconds=seconds)["per_second"]
        row["evenhand_again"] = _rate(stack.load(stack.port, mix, seconds))
        rows.append(row)
        say(f"round {number + 1} of {rounds}: " + ", ".join(f"{name} {value:,.0f}/s" for name, value in row.items()))
    peak = statistics.median((row["evenhand"] + row["evenhand_again"]) / 2 for row in rows)
    ratio = {name: statistics.median((row["evenhand"] + row["evenhand_again"]) / 2 / row[name] for row in rows)
             for name in ("fastify", "pgbench", "nginx", "stream")}
    half = [stack.load(stack.port, mix, seconds, rate=peak / 2) for _ in range(rounds)]
    p99 = statistics.median(figure["p99_us"] for figure in half) / 1000
    with rig.nginx(stack) as peer:  # what of it is the machine's own
        still = stack.load(peer.port, mix, seconds, rate=peak / 2)
        at_its_half = stack.load(peer.port, mix, seconds, rate=statistics.median(row["nginx"] for row in rows) / 2)
    guidance = stack.load(stack.port, all_guidance, seconds)  # last: the database is busy for a while with what it left
    result = {"rounds": rows, "peak_per_second": round(peak), "ratios": {name: round(value, 2) for name, value in ratio.items()},
              "all_guidance": guidance, "half_of_peak": half, "p99_ms_at_half": round(p99, 2), "nginx_at_the_same_rate": still,
              "nginx_at_half_of_its_peak": at_its_half}
    say(f"check, 95 % CLEAR: {peak:,.0f}/s; {ratio['fastify']:.1f} x Fastify, {ratio['pgbench']:.1f} x pgbench, {ratio['nginx']:.2f} x nginx, "
        f"{ratio['stream']:.2f} x the stream alone")
    say(f"check, 100 % GUIDANCE: {guidance['per_second']:,.0f}/s")
    say(f"open loop at {peak / 2:,.0f}/s: p50 {statistics.median(f['p50_us'] for f in half) / 1000:.2f} ms, p99 {p99:.2f} ms, "
        f"p99.9 {statistics.median(f['p999_us'] for f in half) / 1000:.2f} ms; nginx with a constant at the same rate: p99 {still['p99_us'] / 1000:.2f} ms, "
        f"p99.9 {still['p999_us'] / 1000:.2f} ms; at half of its own peak: p99 {at_its_half['p99_us'] / 1000:.2f} ms")
    say(f"of that the generator's own: 99 of 100 requests left within {statistics.median(f['left_after_p99_us'] for f in half) / 1000:.2f} ms of when they "
        "were due" + ("" if all(f["ahead_of_all"] for f in half) else "; the kernel did not let it run ahead of what it measures"))
    return result


def index(stack, chosen, say):
    """The index alone: memory, filling, look-ups."""
    rows = [json.loads(subprocess.run([rig.BIN / "bench-index", str(size)], capture_output=True, text=True, check=True).stdout)
            for size in (10_000, 200_000, 2_000_000)]
    for row in rows:
        say(f"index of {row['handles']:,}: {row['bytes_a_handle']} bytes a handle, filled at {row['filled_a_second']:,}/s, "
            f"looked up at {row['lookups_a_second']:,}/s")
    return rows


def sizes(stack, chosen, say):
    """The same check with ten thousand, two hundred thousand and two million handles in the register; filled from the database."""
    rows = []
    for people in (10_000, 200_000) if chosen.quick else (10_000, 200_000, 2_000_000):
        if people < stack.people:
            continue  # people are only ever added
        filled = stack.fill(people)
        speed = statistics.median(_rate(stack.load(stack.port, stack.bodies(0.05), 3)) for _ in range(3))
        rows.append({**filled, "filled_a_second": round(filled["handles"] * 1000 / max(filled["ms"], 1)), "per_second": speed})
        say(f"{people:,} handles: {speed:,.0f} checks/s; index filled from PostgreSQL at {rows[-1]['filled_a_second']:,} handles/s")
    return rows


def fresh(stack, chosen, say):
    """From a decision's commit to the first check that tells it, as a caller without a token sees it."""
    if stack.people == 0:
        stack.fill(10_000)
    person, body = "01900000-0000-7000-8000-000000000001", {"channel": "EMAIL", "email": "person1@example.org"}
    tries, waits = 50 if chosen.quick else 200, []
    caller = rig.Caller(stack)
    measure = stack.sql(f"insert into restriction.restriction (id, reference, person_id, service_area, state, document, proposed_at) "
                        f"values (gen_random_uuid(), 'FRESH-' || gen_random_uuid(), '{person}', 'Housing', 'IN_FORCE', '{{}}', now()) returning id")
    session = rig.Session(stack)
    session.run("set search_path = restriction")
    session.run(f"insert into restriction.restriction_measure (id, restriction_id, person_id, service_area, terms_version, kind, in_force, valid_from) "
                f"values ('01900000-0000-7000-a000-000000000001', '{measure}', '{person}', 'Housing', 1, 'OTHER', false, now())")
    for number in range(tries):
        wanted = "GUIDANCE" if number % 2 == 0 else "CLEAR"
        session.run("begin; update restriction.restriction_measure set in_force = " + ("true" if number % 2 == 0 else "false") +
                    " where id = '01900000-0000-7000-a000-000000000001'; with r as (update restriction.revision set n = n + 1 returning n) "
                    f"insert into restriction.index_change (revision, person_id) select n, '{person}' from r; notify evenhand_index; commit")
        committed = time.monotonic()
        while caller.check(body) != wanted:
            if time.monotonic() - committed > 5:
                raise SystemExit("a decision was not seen within five seconds")
        waits.append((time.monotonic() - committed) * 1000)
    session.close()
    waits.sort()
    result = {"decisions": tries, "p50_ms": round(waits[tries // 2], 1), "p99_ms": round(waits[int(tries * 0.99)], 1), "max_ms": round(waits[-1], 1)}
    say(f"a decision is told after {result['p50_ms']} ms (p50), {result['p99_ms']} ms (p99), {result['max_ms']} ms at most")
    return result


def bars(report):
    """The project's own bars; what was not measured is not judged."""
    rows = []

    def bar(text, holds, figure):
        rows.append({"bar": text, "holds": bool(holds), "figure": figure})

    if "checks" in report:
        ratios = report["checks"]["ratios"]
        bar("at least 5 times Fastify + pg", ratios["fastify"] >= 5, ratios["fastify"])
        bar("above pgbench with the check's SQL", ratios["pgbench"] > 1, ratios["pgbench"])
        bar("at least half of nginx with a constant", ratios["nginx"] >= 0.5, ratios["nginx"])
        bar("p99 below 2 ms at half of the peak", report["checks"]["p99_ms_at_half"] < 2, f"{report['checks']['p99_ms_at_half']} ms")
    if "index" in report:
        most = max(row["bytes_a_handle"] for row in report["index"])
        bar("below 300 bytes a handle", most < 300, most)
    if report.get("sizes"):
        large = [row["filled_a_second"] for row in report["sizes"] if row["handles"] >= 100_000]
        if large:
            bar("index filled at over 300,000 handles a second", min(large) > 300_000, f"{min(large):,}")
        speeds = [row["per_second"] for row in report["sizes"]]
        bar("the same speed at every size, within a fifth", min(speeds) > 0.8 * max(speeds), f"{min(speeds):,.0f} to {max(speeds):,.0f}/s")
    if "fresh" in report:
        bar("a decision is told within 100 ms at p99", report["fresh"]["p99_ms"] < 100, f"{report['fresh']['p99_ms']} ms")
    return rows
