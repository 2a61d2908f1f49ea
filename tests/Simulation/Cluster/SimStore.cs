using Actors.Runtime.Cluster;
using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>
/// The membership table and the grains' rows, as silos see them over a network: requests and answers take time, either may be
/// lost, and a lost answer leaves its sender in doubt.
/// </summary>
internal sealed class SimStore(World world)
{
    private const double GiveUpMs = 1_500;

    private readonly Dictionary<SiloAddress, double> _renewedMs = [];
    private readonly Dictionary<GrainId, (long Etag, long Activation)> _rows = [];
    private readonly double _clockRate = world.Chance.Between(1 - world.Timings.ClockDrift, 1 + world.Timings.ClockDrift);

    private double _steppedMs;

    public bool IsDown { get; set; }

    /// <summary>The clock by which leases are aged, in milliseconds.</summary>
    private double ClockMs => (world.Time.NowMs * _clockRate) + _steppedMs;

    /// <summary>Somebody sets the clock.</summary>
    public void Step(double byMs)
    {
        world.Note($"the store's clock steps by {byMs:0}");
        world.Oracle.ClockSteps++;
        _steppedMs += byMs;
    }

    public ClusterView View { get; private set; } = ClusterView.Empty;

    public void Read(SimSilo silo, Action<ClusterView> done, Action failed) => Ask(silo, Snapshot, done, failed);

    public void Write(SimSilo silo, WriteMemberOutput write, Action<ClusterView> done, Action failed) => Ask(
        silo,
        () =>
        {
            bool twice = write.Member.IsLive && View.Members.Any(other => other.IsLive && other.NodeId == write.Member.NodeId && !other.Silo.Equals(write.Member.Silo));
            if (View.Version == write.ExpectedVersion && !twice)
            {
                View = View.With(write.Member);
                world.Oracle.Deaths += write.Member is { IsLive: false, Voters.Length: > 0 } ? 1 : 0;
                world.Note($"store: view {View.Version}: {write.Member.Silo} {write.Member.Status} by {silo.Address}");
                foreach (SimNode node in world.Nodes)
                {
                    if (world.Chance.Of(0.8) && node.Silo is { } told)
                    {
                        world.Time.After(world.Chance.Between(0.5, 10), told.ReadTable);
                    }
                }
            }

            return Snapshot();
        },
        done,
        failed);

    public void Renew(SimSilo silo, Action renewed) => Ask(
        silo,
        () =>
        {
            bool lives = View.IsLive(silo.Address);
            if (lives)
            {
                _renewedMs[silo.Address] = ClockMs;
            }

            return lives;
        },
        lives =>
        {
            if (lives)
            {
                renewed();
            }
        },
        static () => { });

    /// <summary>Takes over a grain's row: who wrote it before cannot write it again.</summary>
    public void TakeRow(SimSilo silo, GrainId grain, long activation, Action<long> taken, Action failed) => Ask(
        silo,
        () =>
        {
            long etag = _rows.GetValueOrDefault(grain).Etag + 1;
            _rows[grain] = (etag, activation);
            return etag;
        },
        taken,
        failed);

    public void WriteRow(SimSilo silo, GrainId grain, long activation, long etag, Action<long> written, Action refused, Action failed) => Ask(
        silo,
        () =>
        {
            if (_rows[grain].Etag != etag)
            {
                return 0L;
            }

            world.Oracle.Wrote(grain, activation);
            _rows[grain] = (etag + 1, activation);
            return etag + 1;
        },
        next =>
        {
            if (next == 0)
            {
                refused();
            }
            else
            {
                written(next);
            }
        },
        failed);

    private ClusterView Snapshot() => new(View.Version, [.. View.Members.Select(member => member with
    {
        Renewal = _renewedMs.TryGetValue(member.Silo, out double renewedMs) ? (long)(renewedMs * TimeSpan.TicksPerMillisecond) : 0,
        StoreLeaseAgeMs = _renewedMs.ContainsKey(member.Silo) ? (long)Math.Max(0, ClockMs - renewedMs) : 0,
    })]);

    private void Ask<T>(SimSilo silo, Func<T> act, Action<T> done, Action failed)
    {
        bool answered = false;
        Chance chance = world.Chance;
        silo.After(GiveUpMs, () =>
        {
            if (!answered)
            {
                answered = true;
                failed();
            }
        });
        double delayMs = world.IsTroubled && chance.Of(0.02) ? chance.Between(50, 2_500) : chance.Between(0.3, 4);
        world.Time.After(delayMs, () =>
        {
            if (IsDown || silo.Node.IsCutFromStore)
            {
                return;
            }

            T result = act();
            if (world.IsTroubled && chance.Of(0.01))
            {
                return;
            }

            world.Time.After(world.IsTroubled && chance.Of(0.02) ? chance.Between(50, 2_500) : chance.Between(0.3, 4), () => silo.Run(() =>
            {
                if (!answered && !silo.Node.IsCutFromStore)
                {
                    answered = true;
                    done(result);
                }
            }));
        });
    }
}
