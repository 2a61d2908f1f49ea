using System.Collections.Concurrent;
using System.Globalization;
using Actors.Membership;
using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>
/// Three nodes whose silos are stopped, killed and cut off from each other while callers on each of them count. What happens, and in
/// which order, follows from the seed; what the threads make of it does not.
/// </summary>
internal sealed class StressCluster : IAsyncDisposable
{
    private const int Nodes = 3;
    private const int Grains = 20;
    private const int CallersPerSilo = 4;
    private const int CallsBetween = 60;

    private readonly Random _plan;
    private readonly int _seed;
    private readonly FlakyTable _table;
    private readonly HarmLog _harms = new();
    private readonly TurnLedger _ledger = new();
    private readonly LedgerStorage _store;
    private readonly PeerNetwork _network = new();
    private readonly StressNode?[] _nodes = new StressNode?[Nodes];
    private readonly CancellationTokenSource?[] _callersEnd = new CancellationTokenSource?[Nodes];
    /// <summary>A process that is gone waits for no answer: calls that it had under way are given up.</summary>
    private readonly CancellationTokenSource?[] _gone = new CancellationTokenSource?[Nodes];
    private readonly Task[] _callers = [.. Enumerable.Repeat(Task.CompletedTask, Nodes)];
    private readonly List<HarmLog.Harm> _open = [];
    private readonly ConcurrentQueue<StressCall> _failed = new();
    private readonly List<string> _done = [];

    public StressCluster(int seed)
    {
        _seed = seed;
        _plan = new Random(seed);
        _store = new LedgerStorage(_ledger, seed);
        _table = new FlakyTable(ClusterSilo.ClusterId) { Written = _harms.Written };
    }

    /// <summary>What was done and seen, for people.</summary>
    public string Story => string.Create(CultureInfo.InvariantCulture, $"Seed {_seed}: {string.Join(", ", _done)}. {_ledger}.");

    public TurnLedger Ledger => _ledger;

    public async Task RunAsync(int troubles)
    {
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(StartAsync));
        await SettleAsync();
        for (int trouble = 0; trouble < troubles && _ledger.Broken is null; trouble++)
        {
            await TroubleAsync();
            if (_plan.Next(3) > 0)
            {
                await SettleAsync();
            }
        }

        await SettleAsync();
        await Task.WhenAll(Enumerable.Range(0, Nodes).Select(EndCallersAsync));
    }

    /// <summary>What must not be, and was; null when nothing.</summary>
    public string? Broken() => _ledger.Broken ?? _ledger.WrongCount() ?? (_failed.FirstOrDefault(_harms.HadToBeAnswered) is { } call
        ? string.Create(CultureInfo.InvariantCulture, $"{call.Caller} called {call.Grain}, and nothing was wrong with either: {call.Error}")
        : null);

    public async ValueTask DisposeAsync()
    {
        _network.MendAll();
        for (int node = 0; node < Nodes; node++)
        {
            await (_gone[node]?.CancelAsync() ?? Task.CompletedTask);
            await EndCallersAsync(node);
            if (_nodes[node] is { } running)
            {
                await running.KillAsync();
            }

            _callersEnd[node]?.Dispose();
            _gone[node]?.Dispose();
        }
    }

    private async Task TroubleAsync()
    {
        int node = _plan.Next(Nodes);
        int other = (node + 1 + _plan.Next(Nodes - 1)) % Nodes;
        int kind = _plan.Next(6);
        _done.Add(kind switch
        {
            0 => $"{node} leaves",
            1 => $"{node} is killed",
            2 => $"{node} and {other} lose their connection",
            3 => $"{node} is cut off",
            4 => $"{node} does not reach {other}",
            _ => $"{node} and {other} do not reach each other",
        });
        switch (kind)
        {
            case 0:
                await EndCallersAsync(node);
                await _nodes[node]!.DisposeAsync();
                _nodes[node] = null;
                break;
            case 1:
                Harm(node);
                await _nodes[node]!.KillAsync();
                await _gone[node]!.CancelAsync();
                _nodes[node] = null;
                break;
            case 2:
                Harm(node);
                Harm(other);
                _nodes[node]!.Silo.Calls.Hub.Drop(_nodes[other]!.Silo.Address, "the test breaks it");
                break;
            case 3:
                foreach (int each in Enumerable.Range(0, Nodes).Where(each => each != node))
                {
                    _network.Cut(node, each);
                    _network.Cut(each, node);
                }

                Harm(node);
                await OneOutAsync([node]);
                break;
            default:
                Harm(node);
                Harm(other);
                _network.Cut(node, other);
                if (kind > 4)
                {
                    _network.Cut(other, node);
                }

                await OneOutAsync([node, other]);
                break;
        }

        await Guard.Until(Progress(CallsBetween / 3), "calls beside the trouble");
        await RestartAsync();
    }

    /// <summary>
    /// Waits until one of those that do not reach each other knows that it was declared dead, and mends the network. On a machine that is
    /// too busy nobody is: silos whose timers run late take back what they have measured. That is told, and no mistake.
    /// </summary>
    private async Task OneOutAsync(int[] nodes)
    {
        try
        {
            await Guard.Until(() => nodes.Any(node => _nodes[node]!.IsOut), "one of the silos that do not reach each other to be declared dead");
        }
        catch (TimeoutException)
        {
            _done.Add("nobody is declared dead");
        }

        _network.MendAll();
    }

    /// <summary>Starts who is out, or is none.</summary>
    private async Task RestartAsync()
    {
        for (int node = 0; node < Nodes; node++)
        {
            if (_nodes[node] is { IsOut: true } gone)
            {
                Harm(node);
                await gone.DisposeAsync();
                await _gone[node]!.CancelAsync();
                _nodes[node] = null;
            }

            if (_nodes[node] is null)
            {
                await EndCallersAsync(node);
                await StartAsync(node);
            }
        }
    }

    /// <summary>Waits until all are members, nothing moves, all are connected, and calls go on: from then on nobody is harmed.</summary>
    private async Task SettleAsync()
    {
        await Guard.Until(
            () =>
            {
                StressNode[] nodes = [.. _nodes.OfType<StressNode>()];
                long newest = nodes.Max(static node => node.Silo.Driver.Routes.View.Version);
                return Array.TrueForAll(nodes, static node => node.IsOut) || Array.TrueForAll(nodes, node => node.IsOut || (node.Silo.Driver.Routes is { IsQuick: true } routes
                    && routes.View.Version >= newest
                    && node.Silo.Calls.Hub.Connections.Count(static connection => connection.IsCurrent) >= Nodes - 1
                    && !node.Silo.Local.Turns!.IsOver));
            },
            $"all silos to settle; {Story}");
        await RestartAsync();
        _open.ForEach(static harm => harm.End());
        _open.Clear();
        await Guard.Until(Progress(CallsBetween), "calls");
    }

    private Func<bool> Progress(int calls)
    {
        int until = _ledger.AnsweredCount + calls;
        return () => _ledger.AnsweredCount >= until || _ledger.Broken is not null;
    }

    private void Harm(int node) => _open.Add(_harms.Begin(_nodes[node]!.Silo.Address));

    private async Task StartAsync(int node)
    {
        while (true)
        {
            try
            {
                StressNode started = _nodes[node] = await StressNode.StartAsync(node, _network, _table, _store, _ledger);
                var end = new CancellationTokenSource();
                var gone = new CancellationTokenSource();
                (_callersEnd[node], _gone[node]) = (end, gone);
                _callers[node] = Task.WhenAll(Enumerable.Range(0, CallersPerSilo).Select(caller => Task.Run(() => CallAsync(started.Silo, new Random((_seed * 31) + (node * CallersPerSilo) + caller), end.Token, gone.Token))));
                return;
            }
            catch (JoinRefusedException)
            {
                // It was declared dead before it was a member: the machine stood still.
            }
        }
    }

    private async Task EndCallersAsync(int node)
    {
        await (_callersEnd[node]?.CancelAsync() ?? Task.CompletedTask);
        await Guard.Within(_callers[node], "the callers to end");
    }

    private async Task CallAsync(ClusterSilo from, Random random, CancellationToken end, CancellationToken gone)
    {
        // Asked for now: the silo may be disposed of while a call is under way.
        (SiloAddress address, IGrainFactory grains, Task isOut) = (from.Address, from.Grains, from.Driver.Out);
        while (!end.IsCancellationRequested && !gone.IsCancellationRequested && !isOut.IsCompleted)
        {
            IStressGrain grain = grains.GetGrain<IStressGrain>($"count-{random.Next(Grains)}");
            long began = TimeProvider.System.GetTimestamp();
            try
            {
                await grain.Add().WaitAsync(gone);
                _ledger.Answered(grain.GetGrainId());
            }
            catch (Exception error)
            {
                _ledger.Failed(grain.GetGrainId());
                _failed.Enqueue(new StressCall(address, grain.GetGrainId(), began, TimeProvider.System.GetTimestamp(), error));
                await Task.Yield();
            }
        }
    }
}
