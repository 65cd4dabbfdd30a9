"""What people see: plain lines, tables, a progress bar; quiet when the output is JSON."""
import shutil
import sys


def say(text="", options=None):
    if options is None or options.output != "json":
        print(text, flush=True)


def table(head, rows):
    rows = [[("" if cell is None else str(cell)) for cell in row] for row in rows]
    widths = [max(len(line[column]) for line in [head, *rows]) for column in range(len(head))]
    for line in [head, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
    sys.stdout.flush()


class Progress:
    """A bar on a terminal; a line at each tenth where nobody watches it live."""

    def __init__(self, label, total, stream=None):
        self.label, self.total, self.stream = label, max(total, 1), stream or sys.stderr
        self.live, self.shown = self.stream.isatty(), -1

    def at(self, done):
        part = min(done / self.total, 1.0)
        step = int(part * (200 if self.live else 10))
        if step == self.shown:
            return
        self.shown = step
        if not self.live:
            print(f"{self.label} {done:>6} of {self.total} ({part:.0%})", file=self.stream, flush=True)
            return
        width = max(10, min(40, shutil.get_terminal_size().columns - len(self.label) - 28))
        bar = "█" * int(part * width) + "░" * (width - int(part * width))
        print(f"\r{self.label} {bar} {part:4.0%}  {done:>6} of {self.total}", end="", file=self.stream, flush=True)

    def end(self):
        if self.live:
            print(file=self.stream, flush=True)
