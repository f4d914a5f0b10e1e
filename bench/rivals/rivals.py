"""Python rivals on a benchmark instance: rivals.py NAME FILE RUNS, or rivals.py --list.

Prints one JSON line with the milliseconds of each run - the solving call alone - and the objective. The file format is that of
bench/instance-file.mjs.
"""
import json
import sys
import time


def have():
    names = []
    for name, module in (("scipy", "scipy.optimize"), ("ortools", "ortools.graph.python.min_cost_flow"), ("pot", "ot")):
        try:
            __import__(module)
            names.append(name)
        except Exception:  # absent, or broken: either way not a rival here
            pass
    return names


def read(path):
    import numpy as np

    raw = open(path, "rb").read()
    n, m, arcs = np.frombuffer(raw, np.int32, 3)
    at = 12
    out = [int(n), int(m)]
    for kind, count in ((np.int32, n + 1), (np.int32, arcs), (np.float64, arcs), (np.int32, m), (np.float64, n), (np.int32, n)):
        out.append(np.frombuffer(raw, kind, count, at))
        at += count * np.dtype(kind).itemsize
    return out


def timed(runs, call):
    times = []
    value = None
    for _ in range(runs):
        start = time.perf_counter()
        value = call()
        times.append(1e3 * (time.perf_counter() - start))
    return times, value


def scipy_dense(path, runs):
    from scipy.optimize import linear_sum_assignment

    n, m, _, _, costs, _, _, _ = read(path)
    matrix = costs.reshape(n, m)
    times, (rows, columns) = timed(runs, lambda: linear_sum_assignment(matrix))
    return times, float(matrix[rows, columns].sum())


def scipy_sparse(path, runs):
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    n, m, offsets, targets, costs, _, _, _ = read(path)
    graph = csr_matrix((costs, targets, offsets), shape=(n, m))
    times, (rows, columns) = timed(runs, lambda: min_weight_full_bipartite_matching(graph))
    return times, float(graph[rows, columns].sum())


def ortools_flow(path, runs):
    import numpy as np
    from ortools.graph.python import min_cost_flow

    n, m, offsets, targets, costs, capacity, unserved, units = read(path)
    tails = np.repeat(np.arange(n), np.diff(offsets))
    sink = n + m
    optional = np.flatnonzero(np.isfinite(unserved))
    solver = min_cost_flow.SimpleMinCostFlow()
    heads = n + targets
    solver.add_arcs_with_capacity_and_unit_cost(tails, heads, np.minimum(units[tails], capacity[targets]), costs.astype(np.int64))
    solver.add_arcs_with_capacity_and_unit_cost(n + np.arange(m), np.full(m, sink), capacity, np.zeros(m, np.int64))
    if len(optional):
        solver.add_arcs_with_capacity_and_unit_cost(optional, np.full(len(optional), sink), units[optional], unserved[optional].astype(np.int64))
    solver.set_nodes_supplies(np.arange(n + m + 1), np.concatenate([units, np.zeros(m, np.int64), [-int(units.sum())]]))
    times, status = timed(runs, solver.solve)
    return times, float(solver.optimal_cost()) if status == solver.OPTIMAL else None


def ortools_assignment(path, runs):
    import numpy as np
    from ortools.graph.python import linear_sum_assignment

    n, _, offsets, targets, costs, _, _, _ = read(path)
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(np.repeat(np.arange(n), np.diff(offsets)), targets, costs.astype(np.int64))
    times, status = timed(runs, solver.solve)
    return times, float(solver.optimal_cost()) if status == solver.OPTIMAL else None


def pot_emd(path, runs):
    import numpy as np
    import ot

    n, m, _, _, costs, capacity, _, units = read(path)
    matrix = costs.reshape(n, m)
    spare = int(capacity.sum() - units.sum())
    if spare > 0:  # what is left of the capacity goes to a demand of its own, at no cost
        matrix = np.vstack([matrix, np.zeros((1, m))])
        units = np.append(units, spare)
    times, plan = timed(runs, lambda: ot.emd(units.astype(float), capacity.astype(float), matrix, numItermax=10**9))
    return times, float((plan * matrix).sum())


CALLS = {
    "scipy": scipy_dense,
    "scipy-sparse": scipy_sparse,
    "ortools-flow": ortools_flow,
    "ortools-lsa": ortools_assignment,
    "pot-emd": pot_emd,
}

if __name__ == "__main__":
    if sys.argv[1] == "--list":
        print(json.dumps(have()))
    else:
        milliseconds, objective = CALLS[sys.argv[1]](sys.argv[2], int(sys.argv[3]))
        print(json.dumps({"milliseconds": milliseconds, "objective": objective, "optimal": objective is not None}))
