# agent_tools.py CALLS: makes calls with subprocess, as AgentWorker does with Java: a line with a split and the numbers of calls makes it
# make these, and answer ELAPSED OWN TOOLS, all in nanoseconds.
import json
import queue
import resource
import selectors
import subprocess
import sys
import threading
import time


class Worker(threading.Thread):
    """Takes calls from a queue and keeps its share of them in flight."""

    def __init__(self, place, calls, share):
        super().__init__()
        self.place, self.calls, self.share, self.failure = place, calls, share, None

    def run(self):
        try:
            with selectors.DefaultSelector() as selector:
                self.work(selector)
        except Exception as e:
            self.failure = str(e)

    def work(self, selector):
        in_flight = self.fill(selector, 0)
        while in_flight:
            for key, _ in selector.select():
                call, process, output = key.data
                piece = key.fileobj.read1(65536)
                if piece:
                    output.append(piece)
                    continue
                selector.unregister(key.fileobj)
                key.fileobj.close()
                check(call, process.wait(), b"".join(output))
                in_flight -= 1
            in_flight = self.fill(selector, in_flight)

    def fill(self, selector, in_flight):
        while in_flight < self.share:
            try:
                call = self.calls.get_nowait()
            except queue.Empty:
                break
            process = subprocess.Popen(
                [self.place["programs"][call["tool"]]] + call["args"], cwd=self.place["directory"], env=self.place["environment"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            selector.register(process.stdout, selectors.EVENT_READ, (call, process, []))
            in_flight += 1
        return in_flight


def check(call, code, output):
    lines = "\n".join(sorted(output.decode().splitlines()))
    if code != 0 or lines != call["output"]:
        raise OSError(f"{call['tool']}: exit code {code}, unexpected output: {lines[:400]}")


def cpu_ns(who):
    usage = resource.getrusage(who)
    return round((usage.ru_utime + usage.ru_stime) * 1e9)


def make(place, split, numbers):
    workers, share = (int(number) for number in split.split("x"))
    calls = queue.SimpleQueue()
    for number in numbers:
        calls.put(place["calls"][int(number)])
    team = [Worker(place, calls, share) for _ in range(workers)]
    own, tools, began = cpu_ns(resource.RUSAGE_SELF), cpu_ns(resource.RUSAGE_CHILDREN), time.monotonic_ns()
    for worker in team:
        worker.start()
    for worker in team:
        worker.join()
    elapsed = time.monotonic_ns() - began
    own, tools = cpu_ns(resource.RUSAGE_SELF) - own, cpu_ns(resource.RUSAGE_CHILDREN) - tools
    for worker in team:
        if worker.failure:
            return f"failed: {worker.failure}"
    return f"{elapsed} {own} {tools}"


with open(sys.argv[1]) as file:
    place = json.load(file)
for line in sys.stdin:
    split, *numbers = line.split()
    print(make(place, split, numbers), flush=True)
