"""A second, independent computation of a report's figures: plain SQL and Python over the event log and raw rows.

Nothing of mailsla is imported here. Opening hours are written down once more, as plain days; whether a clock is late is
what the log says (`breached` without `annulled`), not what the cache of clocks says.
"""

import json
import sqlite3
import tomllib
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

BERLIN = ZoneInfo("Europe/Berlin")
OVER = ("resolved", "closed", "merged", "void")
INSIDE = ("ola", "uc")
METRICS = ("first_response", "next_response", "resolution", "periodic_update", "ola", "uc")


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=BERLIN).timestamp())


def month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def rank(lengths: list[int], percent: int) -> int | None:
    """The smallest length with at least so many percent of all at or below it."""
    ordered = sorted(lengths)
    return next((one for at, one in enumerate(ordered, 1) if at * 100 >= percent * len(ordered)), None)


def ratio(met: int, late: int) -> float | None:
    return round(met / (met + late), 6) if met + late else None


class Hours:
    """Opening hours as a list of days."""

    def __init__(self, settings: dict[str, Any], name: str) -> None:
        calendar = settings["calendars"][name]
        self.weekly, self.holidays = calendar["weekly"], calendar.get("holidays", {})
        self.known: dict[date, tuple[int, int] | None] = {}

    def of(self, day: date) -> tuple[int, int] | None:
        if day not in self.known:
            self.known[day] = self._of(day)
        return self.known[day]

    def _of(self, day: date) -> tuple[int, int] | None:
        written = self.weekly.get(f"{day:%a}".lower())
        if not written or day in self.holidays or day.isoformat() in self.holidays:
            return None
        begin, end = (int(part.split(":")[0]) for part in written[0].split("-"))
        ends = midnight(day + timedelta(days=1)) if end == 24 else self._at(day, end)
        return self._at(day, begin), ends

    @staticmethod
    def _at(day: date, hour: int) -> int:
        return int(datetime(day.year, day.month, day.day, hour, tzinfo=BERLIN).timestamp())

    def days(self, start: int):  # type: ignore[no-untyped-def]
        day = datetime.fromtimestamp(start, BERLIN).date()
        while True:
            if opened := self.of(day):
                yield opened
            day += timedelta(days=1)

    def between(self, start: int, end: int) -> int:
        """Open seconds of [start, end)."""
        found = 0
        for begin, finish in self.days(start):
            if begin >= end:
                return found
            found += max(0, min(finish, end) - max(begin, start))
        return found

    def after(self, start: int, seconds: int) -> int:
        """The first instant with so many open seconds since the start."""
        if seconds <= 0:
            return start
        for begin, finish in self.days(start):
            there = finish - max(begin, start)
            if there > 0:
                if seconds <= there:
                    return max(begin, start) + seconds
                seconds -= there
        raise AssertionError

    def business_days(self, start: int, count: int) -> int:
        """The close of the so-manieth business day after the day of the start."""
        today = datetime.fromtimestamp(start, BERLIN).date()
        for _, finish in self.days(midnight(today + timedelta(days=1))):
            count -= 1
            if not count:
                return int(finish)
        raise AssertionError

    def open_at(self, at: int) -> bool:
        opened = self.of(datetime.fromtimestamp(at, BERLIN).date())
        return opened is not None and opened[0] <= at < opened[1]


class Second:
    """Everything of a generated year, in memory; `figures` are those of a month."""

    def __init__(self, folder: Path, customer: str = "") -> None:
        self.end = midnight(date(2026, 11, 1))
        self.settings = tomllib.loads((folder / "mailsla.toml").read_text("utf-8"))
        self.hours = {name: Hours(self.settings, name) for name in self.settings["calendars"]}
        with sqlite3.connect(folder / "mailsla.db") as database:
            database.row_factory = sqlite3.Row
            wanted = ("WHERE organisation = ?", (customer,)) if customer else ("", ())
            rows = database.execute(f"SELECT * FROM tickets {wanted[0]}", wanted[1])
            self.tickets = {row["id"]: dict(row) for row in rows}
            self.events: dict[int, list[dict[str, Any]]] = defaultdict(list)
            for row in database.execute("SELECT * FROM events ORDER BY ticket_id, at, id"):
                if row["ticket_id"] in self.tickets:
                    self.events[row["ticket_id"]].append({**dict(row), "data": json.loads(row["data"])})
            self.clocks = [
                dict(row) for row in database.execute("SELECT * FROM clocks") if row["ticket_id"] in self.tickets
            ]
            self.promises = [
                dict(row) for row in database.execute("SELECT * FROM promises") if row["ticket_id"] in self.tickets
            ]
            self.labels = [dict(row) for row in database.execute("SELECT * FROM labels")]
            self.words = dict(database.execute("SELECT id, text FROM messages WHERE kind = 'rating'").fetchall())
            versions = database.execute("SELECT id, content FROM versions WHERE kind IN ('policy', 'ola', 'uc')")
            self.policies = {row["id"]: json.loads(row["content"]) for row in versions}
        database.close()
        self.late = self._late()
        for one in self.clocks:
            one["late"] = self.late[one["ticket_id"], one["track"], one["metric"], one["cycle"]] > 0
            one["outcome"] = self._outcome(one)

    def _late(self) -> Counter[tuple[Any, ...]]:
        """What was missed and not taken back, as the log has it."""
        found: Counter[tuple[Any, ...]] = Counter()
        for number, events in self.events.items():
            for event in events:
                if event["type"] in ("breached", "annulled", "superseded"):
                    data = event["data"]
                    key = (number, data.get("track", ""), data["metric"], data["cycle"])
                    found[key] += 1 if event["type"] == "breached" else -1
        return found

    def _outcome(self, clock: dict[str, Any]) -> str:
        if self.tickets[clock["ticket_id"]]["status"] == "void":
            return "void"
        if clock["state"] == "merged":
            return "merged"
        if clock["late"]:
            return "late"
        return {"met": "met", "late": "met", "cancelled": "cancelled"}.get(clock["state"], "open")

    def complaint(self, ticket: dict[str, Any]) -> bool:
        created = next(event for event in self.events[ticket["id"]] if event["type"] == "created")
        taken_up = any(event["type"] == "in_scope" for event in self.events[ticket["id"]])
        return ticket["status"] != "void" and ("scope" not in created["data"] or taken_up)

    def statuses(self, number: int) -> list[tuple[int, str, str]]:
        """(at, status, actor), without what a bounced answer had done."""
        events = self.events[number]
        gone = {one["data"]["letter"] for one in events if one["type"] == "reply_bounced" and one["data"].get("undone")}
        found, now = [], "new"
        for event in events:
            if event["type"] == "status" and event["data"].get("letter") not in gone and event["data"]["to"] != now:
                now = event["data"]["to"]
                found.append((event["at"], now, event["actor"]))
        return found

    def replies(self, number: int) -> list[dict[str, Any]]:
        events = self.events[number]
        gone = {one["data"]["letter"] for one in events if one["type"] == "reply_bounced"}
        return [one for one in events if one["type"] == "agent_reply" and one["data"].get("letter") not in gone]

    def calendar_of(self, ticket: dict[str, Any], track: str = "") -> Hours | None:
        version = ticket["policy_version"] if not track else json.loads(ticket["tracks"]).get(track)
        return None if version is None else self.hours[self.policies[version]["calendar"]]

    def due_in(self, start: date) -> list[dict[str, Any]]:
        since, until = midnight(start), midnight(month_after(start))
        return [one for one in self.clocks if one["last_due"] is not None and since < one["last_due"] <= until]

    @staticmethod
    def compliance(clocks: list[dict[str, Any]]) -> dict[str, Any]:
        counts = Counter(one["outcome"] for one in clocks)
        names = ("met", "late", "open", "cancelled", "merged", "void")
        return {"ratio": ratio(counts["met"], counts["late"]), **{name: counts[name] for name in names}}

    def held(self, start: date, key: str) -> list[dict[str, Any]]:
        now, before = self.due_in(start), self.due_in(month_before(start))

        def name(one: dict[str, Any]) -> str:
            return str(one["metric"] if key == "metric" else self.tickets[one["ticket_id"]][key] or "")

        if key != "metric":
            now, before = ([one for one in some if one["metric"] not in INSIDE] for some in (now, before))
        names = sorted({name(one) for one in [*now, *before]}, key=METRICS.index if key == "metric" else None)
        return [
            {
                "name": each,
                "now": self.compliance([one for one in now if name(one) == each]),
                "before": self.compliance([one for one in before if name(one) == each]),
            }
            for each in names
        ]

    def outside(self, start: date) -> dict[str, Any]:
        return self.compliance([one for one in self.due_in(start) if one["metric"] not in INSIDE])

    def received(self, start: date) -> list[dict[str, Any]]:
        since, until = midnight(start), midnight(month_after(start))
        return [one for one in self.tickets.values() if since <= one["received_at"] < until and self.complaint(one)]

    def resolved(self, start: date) -> list[tuple[dict[str, Any], int]]:
        """Complaints whose last resolving is of the month and stands, with when."""
        since, until = midnight(start), midnight(month_after(start))
        found = []
        for number, ticket in self.tickets.items():
            changes = [one for one in self.statuses(number) if one[1] != "closed"]
            if self.complaint(ticket) and changes and changes[-1][1] == "resolved" and since <= changes[-1][0] < until:
                found.append((ticket, changes[-1][0]))
        return found

    def lengths(self, start: date) -> list[dict[str, Any]]:
        found = []
        for metric in METRICS[:3]:
            taken = [
                one["elapsed"]
                for one in self.due_in(start)
                if one["metric"] == metric
                and one["track"] == ""
                and one["state"] in ("met", "late")
                and one["outcome"] != "void"
            ]
            percents = {f"p{percent}": rank(taken, percent) for percent in (50, 80, 95)}
            found.append({"metric": metric, "count": len(taken), **percents})
        return found

    def spent(self, start: date) -> dict[str, Any]:
        found: Counter[str] = Counter()
        for ticket, resolved_at in self.resolved(start):
            hours = self.calendar_of(ticket)
            if hours is None:
                continue
            marks = [(ticket["received_at"], "new"), *((at, to) for at, to, _ in self.statuses(ticket["id"]))]
            for (begin, status), (end, _) in zip(marks, [*marks[1:], (resolved_at, "")], strict=True):
                if status not in OVER and begin < resolved_at:
                    found[status] += hours.between(begin, min(max(begin, end), resolved_at))
        by_status = {status: seconds for status, seconds in sorted(found.items()) if seconds}
        return {
            "us": found["new"] + found["open"],
            "customer": found["waiting_customer"],
            "supplier": found["waiting_third_party"],
            "by_status": by_status,
            "bottleneck": max(by_status, key=lambda name: by_status[name]),
        }

    def first_contact(self, start: date) -> dict[str, Any]:
        done = self.resolved(start)
        good = 0
        for ticket, _ in done:
            resolves = [at for at, to, _ in self.statuses(ticket["id"]) if to == "resolved"]
            replies = self.replies(ticket["id"])
            good += len(replies) == 1 and resolves == [replies[0]["at"]]
        return part(good, len(done))

    def reopened(self, start: date) -> dict[str, Any]:
        since, until = midnight(start), midnight(month_after(start))
        again = of = 0
        for number, ticket in self.tickets.items():
            changes = self.statuses(number)
            places = [at for at, one in enumerate(changes) if one[1] == "resolved" and since <= one[0] < until]
            if places and self.complaint(ticket):
                of += 1
                again += any(to not in OVER for _, to, _ in changes[places[0] + 1 :])
        return part(again, of)

    def repeats(self, start: date) -> dict[str, Any]:
        kept = [one for one in self.tickets.values() if self.complaint(one) and one["status"] != "merged"]
        mine = defaultdict(list)
        for one in kept:
            mine[one["customer_id"], one["category"]].append((one["received_at"], one["id"]))
        received = [one for one in self.received(start) if one["status"] != "merged"]
        count = 0
        for one in received:
            me = (one["received_at"], one["id"])
            count += one["category"] is not None and any(
                other < me and me[0] - other[0] <= 90 * 86_400 for other in mine[one["customer_id"], one["category"]]
            )
        return part(count, len(received))

    def open_at_end(self, start: date) -> dict[int, str]:
        """Ticket -> who has it."""
        until = midnight(month_after(start))
        found = {}
        for number, ticket in self.tickets.items():
            if ticket["received_at"] >= until or not self.complaint(ticket):
                continue
            past = [to for at, to, _ in self.statuses(number) if at < until]
            if not past or past[-1] not in OVER:
                assigned = [
                    one["data"]["assignee"]
                    for one in self.events[number]
                    if one["type"] == "assigned" and one["at"] < until
                ]
                found[number] = (assigned[-1] if assigned else "") or ""
        return found

    def agents(self, start: date) -> list[dict[str, Any]]:
        since, until = midnight(start), midnight(month_after(start))
        loads: dict[str, Counter[str]] = defaultdict(Counter)
        for number, ticket in self.tickets.items():
            if not self.complaint(ticket):
                continue
            inside = [one for one in self.events[number] if since <= one["at"] < until]
            for name in {one["data"]["assignee"] for one in inside if one["type"] == "assigned"} - {None, ""}:
                loads[name]["assigned"] += 1
            for one in self.replies(number):
                if since <= one["at"] < until:
                    loads[one["actor"][6:]]["answers"] += 1
            for name in {who for at, to, who in self.statuses(number) if to == "resolved" and since <= at < until}:
                if name.startswith("agent:"):
                    loads[name[6:]]["resolved"] += 1
        for one in self.due_in(start):
            name = self.tickets[one["ticket_id"]]["assignee"]
            if one["outcome"] == "late" and one["metric"] not in INSIDE and name:
                loads[name]["late"] += 1
        for name in self.open_at_end(start).values():
            if name:
                loads[name]["open_now"] += 1
        kinds = ("assigned", "answers", "resolved", "late", "open_now")
        return [{"agent": name, **{kind: loads[name][kind] for kind in kinds}} for name in sorted(loads)]

    def satisfaction(self, start: date) -> dict[str, Any]:
        since, until = midnight(start), midnight(month_after(start))
        newest, asked = {}, 0
        for number, events in self.events.items():
            for event in events:
                if since <= event["at"] < until:
                    if event["type"] == "rating":
                        newest[number] = (event["data"]["score"], event["at"], event["data"]["message"])
                    asked += event["type"] == "satisfaction_asked" and self.complaint(self.tickets[number])
        counts = Counter(score for score, _, _ in newest.values())
        said = sorted(
            (score, at, self.tickets[number]["reference"], self.words[message])
            for number, (score, at, message) in newest.items()
        )
        mean = sum(score * count for score, count in counts.items()) / len(newest) if newest else None
        return {
            "asked": asked,
            "mean": None if mean is None else round(mean, 6),
            "counts": {str(score): counts[score] for score in range(1, 6)},
            "comments": [{"reference": of, "score": score, "words": words} for score, _, of, words in said if words],
        }

    def credits(self, start: date) -> list[dict[str, Any]]:
        found = []
        contracts = {one["name"]: one["credits"] for one in self.settings["policies"] if "credits" in one}
        due = [one for one in self.due_in(start) if one["metric"] not in INSIDE and one["policy"] in contracts]
        pairs = sorted({(self.tickets[one["ticket_id"]]["organisation"] or "", one["policy"]) for one in due})
        for customer, policy in pairs:
            terms = contracts[policy]
            mine = [
                one
                for one in due
                if one["policy"] == policy and (self.tickets[one["ticket_id"]]["organisation"] or "") == customer
            ]
            if terms.get("metrics"):
                mine = [one for one in mine if one["metric"] in terms["metrics"]]
            held = self.compliance(mine)
            met, late = held["met"], held["late"]
            value = Fraction(late) if terms["by"] == "breaches" else (Fraction(met, met + late) if met + late else None)
            credit = None
            if value is not None:
                bands = [(number(step["at_least"]), number(step["credit"])) for step in terms["steps"]]
                reached = [band for band in bands if band[0] <= value]
                credit = min(max(reached)[1], number(terms.get("cap", "100%"))) if reached else Fraction(0)
            found.append(
                {
                    "customer": customer,
                    "policy": policy,
                    "month": f"{start:%Y-%m}",
                    "compliance": held,
                    "breaches": late,
                    "credit": None if credit is None else round(float(credit), 6),
                }
            )
        return found

    def odd(self, start: date) -> list[dict[str, Any]]:
        groups = defaultdict(list)
        for one in self.due_in(start):
            if (
                one["state"] in ("met", "late")
                and one["outcome"] != "void"
                and one["target"]
                and one["metric"] not in INSIDE
            ):
                groups[one["policy"], one["metric"], one["target"]].append(one)
        found = []
        for (policy, metric, target), some in sorted(groups.items()):
            late = sum(one["outcome"] == "late" for one in some)
            overtime = known = 0
            for one in some:
                hours = self.calendar_of(self.tickets[one["ticket_id"]], one["track"])
                known += hours is not None
                overtime += hours is not None and not hours.open_at(one["stopped_at"])
            p80 = rank([one["elapsed"] for one in some], 80) or 0
            tight = 4 * late >= len(some) or (known and 4 * overtime >= known)
            loose = 100 * late <= len(some) and 4 * p80 <= target
            if len(some) >= 20 and (tight or loose):
                found.append(
                    {
                        "policy": policy,
                        "metric": metric,
                        "looks": "tight" if tight else "loose",
                        "target": target,
                        "p80": p80,
                        "late": part(late, len(some)),
                        "overtime": part(overtime, known),
                    }
                )
        return found

    def triage(self, start: date) -> dict[str, Any]:
        since, until = midnight(start), midnight(month_after(start))
        received = self.received(start)
        guessed = [one for one in received if json.loads(one["triage"])["category"] is not None]
        corrected = sum(any(event["type"] == "category" for event in self.events[one["id"]]) for one in guessed)
        asked = [one for one in self.labels if one["how"] == "asked" and since <= one["at"] < until]
        return {
            "automatic": part(len(guessed), len(received)),
            "corrected": part(corrected, len(guessed)),
            "asked": part(sum(one["guessed"] == one["category"] for one in asked), len(asked)),
        }

    def kept(self, start: date) -> dict[str, int]:
        since, until = midnight(start), midnight(month_after(start))
        counts = Counter(one["state"] for one in self.promises if since < one["until"] <= until)
        return {state: counts[state] for state in ("kept", "revised", "broken", "open")}

    def hours_of_week(self, start: date) -> dict[str, int]:
        found = Counter()
        for one in self.received(start):
            local = datetime.fromtimestamp(one["received_at"], UTC).astimezone(BERLIN)
            found[local.weekday(), local.hour] += 1
        return {
            f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[day]} {hour:02}": n
            for (day, hour), n in sorted(found.items())
        }

    def trend(self, start: date) -> list[dict[str, Any]]:
        months = [start]
        while len(months) < 12:
            months.insert(0, month_before(months[0]))
        return [
            {"received": len(self.received(one)), "resolved": len(self.resolved(one)), "compliance": self.outside(one)}
            for one in months
        ]

    def late_worst(self, start: date) -> list[tuple[str, int]]:
        """The complaints that were the latest, with the open seconds that they were."""
        worst: dict[str, int] = {}
        for one in self.due_in(start):
            if one["outcome"] == "late" and one["metric"] not in INSIDE:
                ticket = self.tickets[one["ticket_id"]]
                hours = self.calendar_of(ticket, one["track"])
                over = hours.between(one["last_due"], one["stopped_at"] or self.end) if hours else 0
                worst[ticket["reference"]] = max(over, worst.get(ticket["reference"], -1))
        return sorted(worst.items(), key=lambda item: -item[1])[:10]


def part(count: int, of: int) -> dict[str, Any]:
    return {"count": count, "of": of, "share": round(count / of, 6) if of else None}


def number(text: str) -> Fraction:
    return Fraction(text.rstrip("%")) / (100 if text.endswith("%") else 1)
