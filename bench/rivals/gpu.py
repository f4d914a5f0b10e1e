"""Rivals of the CUDA backend on the dense instances of gpu-check: one line of JSON for each result, or for why there is none.

Costs are drawn as native/cuda/gpu_check.cpp draws them, so objectives must be equal. A rival's time is its solving call alone, its input
being where the rival wants it.
"""
import json
import sys
import time

INSTANCES = (("batch-256-of-256", 256, 256, 2560), ("dense-8192-10n", 1, 8192, 81920), ("dense-10000-n", 1, 10000, 10000))
LIMIT_S = 55


def say(**fields):
    print(json.dumps(fields), flush=True)


def draw(count, limit):
    """count numbers of Random(1).in(0, limit - 1) of native/test/random_problem.h (SplitMix64)."""
    import numpy as np

    out = np.empty(count, np.int32)
    step = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        for begin in range(0, count, 1 << 24):
            end = min(count, begin + (1 << 24))
            z = step * np.uint64(1) + np.uint64(1) + step * np.arange(begin + 1, end + 1, dtype=np.uint64)
            z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            out[begin:end] = ((z ^ (z >> np.uint64(31))) % np.uint64(limit)).astype(np.int32)
    return out


def scipy_solver(costs):
    from scipy.optimize import linear_sum_assignment

    def call():
        total = 0
        for matrix in costs:
            rows, columns = linear_sum_assignment(matrix)
            total += int(matrix[rows, columns].sum())
        return total

    return call


def torch_solver(costs):
    """A batched auction in plain torch, the kind one writes without a solver at hand: exact for whole costs by a last epsilon of 1 after
    scaling by n + 1."""
    import torch

    if not torch.cuda.is_available():
        raise ImportError("torch sees no GPU")
    full = torch.as_tensor(costs, device="cuda")

    def call():
        batch, n, _ = full.shape
        values = -full.to(torch.int64) * (n + 1)
        price = torch.zeros(batch, n, dtype=torch.int64, device="cuda")
        epsilon = max(1, int(full.max()) * (n + 1) // 8)
        began = time.perf_counter()
        far = torch.iinfo(torch.int64).min
        while True:
            owner = torch.full((batch, n), -1, dtype=torch.int64, device="cuda")
            at = torch.full((batch, n), -1, dtype=torch.int64, device="cuda")
            while True:
                b, i = torch.nonzero(at < 0, as_tuple=True)
                if len(b) == 0:
                    break
                if time.perf_counter() - began > LIMIT_S / 4:
                    return None
                b, i = b[:4096], i[:4096]
                top = torch.topk(values[b, i] - price[b], 2, dim=1)
                node = top.indices[:, 0]
                bid = price[b, node] + top.values[:, 0] - top.values[:, 1] + epsilon
                flat = b * n + node
                best = torch.full((batch * n,), far, dtype=torch.int64, device="cuda").scatter_reduce(0, flat, bid, "amax")
                mine = torch.nonzero(best[flat] == bid).flatten()
                chosen = torch.full((batch * n,), -1, dtype=torch.int64, device="cuda")
                chosen[flat[mine]] = mine
                win = chosen[chosen >= 0]
                b, i, node = b[win], i[win], node[win]
                old = owner[b, node]
                gone = old >= 0
                at[b[gone], old[gone]] = -1
                owner[b, node] = i
                at[b, i] = node
                price[b, node] = bid[win]
            if epsilon == 1:
                break
            epsilon = max(1, epsilon // 8)
        return int(torch.gather(full, 2, at.unsqueeze(2)).sum())

    call()
    torch.cuda.synchronize()
    return call


def torch_lap_solver(costs):
    import torch
    from torch_linear_assignment import batch_linear_assignment

    full = torch.as_tensor(costs, device="cuda")

    def call():
        at = batch_linear_assignment(full)
        torch.cuda.synchronize()
        return int(torch.gather(full, 2, at.long().unsqueeze(2)).sum())

    call()
    return call


def raft_solver(costs):
    import cupy
    from cugraph import dense_hungarian

    if len(costs) > 1:
        raise ImportError("takes one problem a call")
    n = costs.shape[1]
    flat = cupy.asarray(costs[0].astype("float32").ravel())

    def call():
        value, _ = dense_hungarian(flat, n, n)
        cupy.cuda.Stream.null.synchronize()
        return int(value)

    call()
    return call


def cuopt_solver(costs):
    import numpy as np
    from cuopt.linear_programming import DataModel, Solve, SolverSettings

    if len(costs) > 1 or costs.shape[1] > 4096:
        raise ImportError("one problem of up to 4096: a linear program of n * n columns")
    n = costs.shape[1]
    model = DataModel()
    columns = np.arange(n * n)
    indices = np.concatenate([columns, (columns % n) * n + columns // n])
    model.set_csr_constraint_matrix(np.ones(2 * n * n), indices, np.arange(0, 2 * n * n + 1, n))
    model.set_constraint_lower_bounds(np.ones(2 * n))
    model.set_constraint_upper_bounds(np.ones(2 * n))
    model.set_objective_coefficients(costs[0].ravel().astype(np.float64))
    model.set_variable_lower_bounds(np.zeros(n * n))
    model.set_variable_upper_bounds(np.ones(n * n))
    settings = SolverSettings()
    return lambda: round(Solve(model, settings).get_primal_objective())


RIVALS = (
    ("scipy linear_sum_assignment (one CPU thread)", scipy_solver, ("batch-256-of-256",)),
    ("plain torch auction", torch_solver, ("batch-256-of-256",)),
    ("torch-linear-assignment", torch_lap_solver, ("batch-256-of-256",)),
    ("cuGraph / RAFT dense_hungarian (CuPy arrays)", raft_solver, ("dense-8192-10n", "dense-10000-n")),
    ("cuOpt", cuopt_solver, ("batch-256-of-256", "dense-8192-10n")),
)


def main():
    began = time.perf_counter()
    try:
        import numpy  # noqa: F401
    except ImportError:
        say(rival="every rival", missing="numpy is not installed")
        return
    drawn = {}
    for name, make, instances in RIVALS:
        for instance, problems, n, limit in INSTANCES:
            if instance not in instances:
                continue
            if time.perf_counter() - began > LIMIT_S:
                say(rival=name, instance=instance, missing="no time left")
                continue
            try:
                if instance not in drawn:
                    drawn[instance] = draw(problems * n * n, limit).reshape(problems, n, n)
                call = make(drawn[instance])
                start = time.perf_counter()
                objective = call()
                milliseconds = 1e3 * (time.perf_counter() - start)
                if objective is None:
                    say(rival=name, instance=instance, missing="not done within its time")
                else:
                    say(rival=name, instance=instance, milliseconds=milliseconds, objective=objective)
            except ImportError as error:
                say(rival=name, instance=instance, missing=f"not installed or not usable: {error}")
            except Exception as error:  # a rival's failure is its result
                say(rival=name, instance=instance, missing=f"failed: {type(error).__name__}: {error}"[:300])


if __name__ == "__main__":
    sys.exit(main())
