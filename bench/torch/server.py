"""The PyTorch side of `npm run bench:torch`: runs the cases that the Node side sends, one at a time, and times itself.

Requests are lines of JSON on standard input, replies lines of JSON on standard output:
  load   make case `id` of kind `what` from the arrays that follow the line as raw bytes
  run    run it `repeat` times; reply with each run's milliseconds and the value of the last one
  drop   forget it
Only the work itself is timed, never the transport of inputs.
"""
import json
import sys
import time

import torch

import elsa
import recommend
import sae
import topk
import training

MAKERS = {
    "elsa-dense": elsa.Dense,
    "elsa-sparse": elsa.Sparse,
    "sae-dense": sae.Dense,
    "sae-sparse": sae.Sparse,
    "recommend-dense": recommend.Dense,
    "recommend-sparse": recommend.Sparse,
    "topk": topk.TopK,
    "training-dense": training.Dense,
}
TYPES = {"f32": torch.float32, "i32": torch.int32}


def read_array(stream, spec):
    """One array, as contiguous little-endian bytes."""
    data = bytearray(spec["bytes"])
    view = memoryview(data)
    at = 0
    while at < len(data):
        count = stream.readinto(view[at:])
        if not count:
            raise EOFError("the input ended inside an array")
        at += count
    return torch.frombuffer(data, dtype=TYPES[spec["type"]]).reshape(spec["shape"]).clone()


def hello():
    """What a table has to say about this side."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        mapped = maps.read()
    blas = sorted({line.split("/")[-1] for line in mapped.splitlines() if "blas" in line.split("/")[-1]})
    vectors = [line.split(":")[1].strip() for line in torch.__config__.show().splitlines() if "CPU capability" in line]
    return {"torch": torch.__version__, "blas": blas, "tcmalloc": "tcmalloc" in mapped, "vectors": vectors}


def main():
    cases = {}
    reply(hello())
    for line in sys.stdin.buffer:
        request = json.loads(line)
        name = request["id"]
        if request["command"] == "load":
            arrays = {spec["name"]: read_array(sys.stdin.buffer, spec) for spec in request["arrays"]}
            torch.set_num_threads(request["threads"])
            cases[name] = (request["threads"], MAKERS[request["what"]](arrays, request["sizes"]))
            reply({})
        elif request["command"] == "run":
            threads, case = cases[name]
            if torch.get_num_threads() != threads:
                torch.set_num_threads(threads)
            times = []
            for _ in range(request["repeat"]):
                start = time.perf_counter()
                value = case.run()
                times.append(1000 * (time.perf_counter() - start))
            reply({"times": times, "value": float(value)})
        else:
            cases.pop(name, None)
            reply({})


def reply(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
