using Actors.Runtime.Cluster;
using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>
/// The membership table and the grains' rows, as silos see them over a network: requests and answers take time, either may be
/// lost, and a lost answer leaves its sender in doubt.
/// </summary>
internal sealed class SimStore(World world)
{
    /// <summary>In the place of a row's version when there is no row.</summary>
    public const long NoRow = 0;

    /// <summary>Who has asked waits for so long.</summary>
    public const double GiveUpMs = 1_500;

    /// <summary>A request takes at most so long to arrive, and its answer as well.</summary>
    public const double SlowestMs = 2_500;


    private const double UsualMs = 4;

    private readonly Dictionary<SiloAddress, double> _renewedMs = [];
    private readonly Dictionary<GrainId, long> _rows = [];
    private readonly double _clockRate = world.Chance.Between(1 - world.Timings.ClockDrift, 1 + world.Timings.ClockDrift);

    private double _steppedMs;

    public bool IsDown { get; set; }

    /// <summary>A grain whose writes take so much longer to arrive, in milliseconds; null for none.</summary>
    public (GrainId Grain, double DelayMs)? Slow { get; set; }

    /// <summary>True when the grain has a row.</summary>
    public bool HasRow(GrainId grain) => _rows.ContainsKey(grain);

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
                world.Waits.Follow(View);
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

    /// <summary>Reads the version of a grain's row.</summary>
    public void ReadRow(SimSilo silo, GrainId grain, Action<long> read, Action failed) => Ask(silo, () => _rows.GetValueOrDefault(grain, NoRow), read, failed, grain: grain);

    /// <summary>Writes a grain's row once more as it was read: who read it before cannot write it again.</summary>
    public void TakeRow(SimSilo silo, GrainId grain, long etag, Action<long> taken, Action refused, Action failed) => Ask(
        silo,
        () =>
        {
            if (!Change(grain, etag))
            {
                return NoRow;
            }

            world.Oracle.Taken++;
            return _rows[grain];
        },
        next =>
        {
            if (next == NoRow)
            {
                refused();
            }
            else
            {
                taken(next);
            }
        },
        failed,
        grain: grain);

    /// <summary>Writes a grain's row, or adds it when none was read.</summary>
    public void WriteRow(SimSilo silo, GrainId grain, long activation, long etag, Action<long> written, Action refused, Action failed) => Ask(
        silo,
        () =>
        {
            if (!Change(grain, etag))
            {
                world.Oracle.Refused(grain, activation);
                return NoRow;
            }

            world.Oracle.Wrote(grain, activation, isFirst: etag == NoRow);
            return _rows[grain];
        },
        next =>
        {
            if (next == NoRow)
            {
                refused();
            }
            else
            {
                written(next);
            }
        },
        failed,
        Slow is { } slow && slow.Grain.Equals(grain) ? slow.DelayMs : 0,
        grain);

    private bool Change(GrainId grain, long etag)
    {
        bool isAsRead = _rows.GetValueOrDefault(grain, NoRow) == etag;
        if (isAsRead)
        {
            _rows[grain] = etag + 1;
        }

        return isAsRead;
    }

    private ClusterView Snapshot() => new(View.Version, [.. View.Members.Select(member => member with
    {
        Renewal = _renewedMs.TryGetValue(member.Silo, out double renewedMs) ? (long)(renewedMs * TimeSpan.TicksPerMillisecond) : 0,
        StoreLeaseAgeMs = _renewedMs.ContainsKey(member.Silo) ? (long)Math.Max(0, ClockMs - renewedMs) : 0,
    })]);

    private void Ask<T>(SimSilo silo, Func<T> act, Action<T> done, Action failed, double extraMs = 0, GrainId? grain = null)
    {
        bool answered = false;
        Chance chance = world.Chance;
        silo.After(GiveUpMs, () =>
        {
            if (!answered)
            {
                answered = true;
                Late();
                failed();
            }
        });
        double delayMs = extraMs + (world.IsTroubled && chance.Of(0.02) ? chance.Between(50, SlowestMs) : chance.Between(0.3, UsualMs));
        if (delayMs > UsualMs)
        {
            Late();
        }

        world.Time.After(delayMs, () =>
        {
            if (IsDown || silo.Node.IsCutFromStore)
            {
                return;
            }

            T result = act();
            if (world.IsTroubled && chance.Of(0.01))
            {
                Late();
                return;
            }

            double backMs = world.IsTroubled && chance.Of(0.02) ? chance.Between(50, SlowestMs) : chance.Between(0.3, UsualMs);
            if (backMs > UsualMs)
            {
                Late();
            }

            world.Time.After(backMs, () => silo.Run(() =>
            {
                if (!answered && !silo.Node.IsCutFromStore)
                {
                    answered = true;
                    done(result);
                }
            }));
        });

        // Until the answer, or the last of what was given up, has come.
        void Late()
        {
            if (grain is { } asked)
            {
                world.Waits.Busy(asked, world.Time.NowMs + GiveUpMs + SlowestMs);
            }
        }
    }
}
