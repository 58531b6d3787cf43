"""A client on gRPC's C core: finds "xds:///main" through the control plane of GRPC_XDS_BOOTSTRAP and calls /test.Echo/Name once for each line it reads;
prints the answer, or the error."""
import sys

import grpc

channel = grpc.insecure_channel("xds:///main")
call = channel.unary_unary("/test.Echo/Name")
for _ in sys.stdin:
    try:
        print(call(b"", timeout=20, wait_for_ready=True).decode(), flush=True)
    except grpc.RpcError as e:
        print(f"error: {e.details()}", flush=True)
