"""A client of client status discovery (CSDS) on gRPC's C core, for the proxy whose admin interface is at ADMIN_ADDRESS. Each line it reads is a method and
its requests in hex, "-" for an empty one; prints the answers likewise, or the status and its details. Streams are asked again when they have answered."""
import os
import queue
import sys

import grpc

SERVICE = "/envoy.service.status.v3.ClientStatusDiscoveryService/"
channel = grpc.insecure_channel(os.environ["ADMIN_ADDRESS"])


def fetch(method, messages):
    return [channel.unary_unary(SERVICE + method)(message, timeout=20) for message in messages]


def stream(method, messages):
    asked = queue.Queue()
    call = channel.stream_stream(SERVICE + method)(iter(asked.get, None), timeout=20)
    answers = []
    for message in messages:
        asked.put(message)
        answers.append(next(call))
    asked.put(None)
    return answers + list(call)


for line in sys.stdin:
    method, *requests = line.split()
    messages = [b"" if request == "-" else bytes.fromhex(request) for request in requests]
    try:
        answers = (stream if method.startswith("Stream") else fetch)(method, messages)
        print(" ".join(answer.hex() or "-" for answer in answers), flush=True)
    except grpc.RpcError as e:
        print(e.code().name, e.details(), flush=True)
