using System.Collections.Concurrent;
using Actors.Membership;
using Actors.Runtime.Cluster;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>Which silos were harmed when, and where grains lived meanwhile: so it can be told whether a call had to be answered.</summary>
internal sealed class HarmLog
{
    /// <summary>A silo may be behind by so long, and go by an older view.</summary>
    private static readonly long BehindTicks = TimeProvider.System.TimestampFrequency * 2;

    private readonly ConcurrentDictionary<SiloAddress, ConcurrentQueue<Harm>> _harms = new();
    private readonly ConcurrentDictionary<int, (long At, ViewMember Member)> _writes = new();

    /// <summary>From now on a call of a silo, or to it, may fail.</summary>
    public Harm Begin(SiloAddress silo)
    {
        var harm = new Harm();
        _harms.GetOrAdd(silo, static _ => new()).Enqueue(harm);
        return harm;
    }

    /// <summary>The table has a new version, in which one member is another.</summary>
    public void Written(MembershipEntry row, int version) => _writes[version] = (
        TimeProvider.System.GetTimestamp(),
        new ViewMember(row.SiloAddress, SiloNodeName.Parse(row.SiloName).NodeId, row.Status) { Voters = [.. (row.SuspectTimes ?? []).Select(static vote => vote.Item1)] });

    /// <summary>True when nothing was wrong with the caller, nor with a silo on which the grain may have been: the call had to be answered.</summary>
    public bool HadToBeAnswered(StressCall call) => !HomesOf(call).Append(call.Caller).Any(silo => WasHarmed(silo, call));

    private HashSet<SiloAddress> HomesOf(StressCall call)
    {
        var homes = new HashSet<SiloAddress>();
        ClusterView view = ClusterView.Empty;
        foreach ((int version, (long at, ViewMember member)) in _writes.OrderBy(static write => write.Key))
        {
            if (at > call.Ended)
            {
                break;
            }

            if (at < call.Began - BehindTicks)
            {
                homes.Clear();
            }

            view = new ClusterView(version, view.With(member).Members);
            if (view.HomeOf(call.Grain) is { } home)
            {
                homes.Add(home);
            }
        }

        return homes;
    }

    private bool WasHarmed(SiloAddress silo, StressCall call) =>
        (_harms.TryGetValue(silo, out ConcurrentQueue<Harm>? harms) && harms.Any(harm => harm.From <= call.Ended && harm.Until >= call.Began))
        // A machine that stands still may have one declared dead; what was sent to it before fails then.
        || _writes.Values.Any(write => write.Member.Silo.Equals(silo) && write.Member is { IsLive: false, Voters.Length: > 0 } && write.At <= call.Ended + (2 * BehindTicks));

    /// <summary>A time in which something was wrong with a silo.</summary>
    public sealed class Harm
    {
        public long From { get; } = TimeProvider.System.GetTimestamp();

        public long Until { get; private set; } = long.MaxValue;

        public void End() => Until = TimeProvider.System.GetTimestamp();
    }
}
