using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

internal sealed partial class ClusterMachine
{
    private SiloStatus _wanted = SiloStatus.None;
    private bool _wasMember;
    private bool _wasActive;
    private bool _writing;
    private bool _stopped;
    private bool _drained;
    private long _notBeforeMs = long.MinValue;

    /// <summary>Why this silo does not become active, or a peer that does not answer is not declared dead; null when nothing is in the way.</summary>
    public string? Hindrance { get; private set; }

    /// <summary>True when this silo is a member and takes grains.</summary>
    public bool IsActive => !_stopped && View.Find(Self) is { Status: SiloStatus.Active };

    /// <summary>Become a member.</summary>
    public void Join(long nowMs)
    {
        _wanted = SiloStatus.Active;
        DecideWrites(nowMs);
    }

    /// <summary>Hand all grains over, and then leave.</summary>
    public void Leave(long nowMs)
    {
        _wanted = SiloStatus.Dead;
        DecideWrites(nowMs);
    }

    /// <summary>After <see cref="Leave"/>: no activation is left, and none will come.</summary>
    public void Drained(long nowMs)
    {
        _drained = true;
        DecideWrites(nowMs);
    }

    /// <summary>A write has ended, and the table was read after it.</summary>
    /// <param name="failed">The table could not be written or read: whether the write happened is unknown.</param>
    /// <param name="nowMs">Now.</param>
    public void WriteEnded(bool failed, long nowMs)
    {
        _writing = false;
        if (failed)
        {
            _notBeforeMs = nowMs + _timings.WriteRetryMs;
        }

        DecideWrites(nowMs);
    }

    /// <summary>
    /// True when the silo is surely not there for others: it has not renewed its lease for long, in which this silo reached the table.
    /// </summary>
    public bool IsSilent(SiloAddress silo, long nowMs) => _storeLeases.IsSilent(silo, nowMs);

    private bool MustStop(ClusterView view)
    {
        ViewMember? me = view.Find(Self);
        if (me is { IsLive: true })
        {
            _wasMember = true;
            _wasActive |= me.Status is SiloStatus.Active;
            return false;
        }

        if (!_wasMember && me is null)
        {
            return false;
        }

        _stopped = true;
        _outputs.Add(me is { LeftByItself: true }
            ? new StopSelfOutput("This silo has left the cluster.", LeftByItself: true)
            : new StopSelfOutput(
                me is null
                    ? $"View {view.Version} does not have this silo any more: its row was removed. It stops; started again it joins anew."
                    : $"{string.Join(" and ", me.Voters.AsEnumerable())} declared this silo dead in view {view.Version}: it did not answer them. {(_wasActive ? "It stops; started again it joins anew." : "It stops before it has taken a grain.")}",
                LeftByItself: false));
        return true;
    }

    private void DecideWrites(long nowMs)
    {
        if (_writing || _stopped || nowMs < _notBeforeMs || _wanted is SiloStatus.None)
        {
            return;
        }

        if ((NextDead(nowMs) ?? MyNextRow()) is { } row)
        {
            _writing = true;
            _outputs.Add(new WriteMemberOutput(View.Version, row));
        }
        else if (_wanted is SiloStatus.Active && View.Find(Self) is { Status: SiloStatus.Joining })
        {
            string missing = string.Join(", ", Unreached().Select(static member => $"node {member.NodeId} at {member.Silo}"));
            Hindrance = $"This silo waits for an answer of {missing} before it takes grains: look whether they run and can be reached from here. "
                + $"When none of the members answers or renews its lease, it declares them dead by itself. {Hindrance}".TrimEnd();
        }
    }

    /// <summary>This silo's next step, when it is time for one.</summary>
    private ViewMember? MyNextRow()
    {
        ViewMember? me = View.Find(Self);
        return (_wanted, me?.Status) switch
        {
            (SiloStatus.Active, null) when !_wasMember => new ViewMember(Self, NodeId, SiloStatus.Joining),
            (SiloStatus.Active, SiloStatus.Joining) when !Unreached().Any() => me! with { Status = SiloStatus.Active },
            (SiloStatus.Dead, SiloStatus.Joining) => me! with { Status = SiloStatus.Dead },
            (SiloStatus.Dead, SiloStatus.Active) => me! with { Status = SiloStatus.ShuttingDown },
            (SiloStatus.Dead, SiloStatus.ShuttingDown) when _drained && HaveAllTold => me! with { Status = SiloStatus.Dead, Voters = _hasToldCutOff ? [Self] : [] },
            _ => null,
        };
    }

    /// <summary>Holders that have not answered: a silo that some cannot reach would be declared dead as soon as it had grains.</summary>
    private IEnumerable<ViewMember> Unreached() => View.Members.Where(member => member.IsHolder && !member.Silo.Equals(Self) && !_watch.HasAnswered(member.Silo));

    /// <summary>
    /// Whether this silo may say that a member is dead when it does not answer. A holder may; who is none yet only when nobody is
    /// left who could: no holder answers or renews its lease in the table.
    /// </summary>
    private bool Judges(SiloAddress silo, long nowMs)
    {
        return View.IsHolder(Self) || (IsGone(silo) && View.Members.All(member => !member.IsHolder || IsGone(member.Silo)));

        bool IsGone(SiloAddress other) => _deaths.IsCertain(other) || (_watch.IsSuspected(other) && IsSilent(other, nowMs));
    }

    private ViewMember? NextDead(long nowMs)
    {
        Hindrance = null;
        foreach (ViewMember member in View.Members)
        {
            if (!member.IsLive || member.Silo.Equals(Self))
            {
                continue;
            }

            bool certain = _deaths.IsCertain(member.Silo);
            SiloAddress[]? voters = certain ? [Self] : Judges(member.Silo, nowMs) ? _watch.VotersAgainst(member.Silo, nowMs) : null;
            if (voters is null)
            {
                continue;
            }

            if (certain || !member.IsHolder || _storeLeases.IsOver(member.Silo) || CutOffCannotRenew(member.Silo))
            {
                return member with { Status = SiloStatus.Dead, Voters = voters };
            }
        }

        return null;
    }

    /// <summary>
    /// Whether the dead that may run on, and <paramref name="next"/>, cannot renew each other's leases: in no view since the last
    /// settled one are they a majority without one of those who stay. One alone never can.
    /// </summary>
    private bool CutOffCannotRenew(SiloAddress? next)
    {
        ClusterView settled = _handOver.LastSettled;
        int mayRunOn = 0;
        int stay = 0;
        foreach (ViewMember member in View.Members)
        {
            if (member.Silo.Equals(next))
            {
                mayRunOn++;
            }
            else if (member.IsHolder)
            {
                stay += settled.IsHolder(member.Silo) ? 1 : 0;
            }
            else if (!member.IsLive && !member.LeftByItself && !_deaths.IsCertain(member.Silo) && !settled.IsDead(member.Silo))
            {
                mayRunOn++;
            }
        }

        if (mayRunOn <= Math.Max(1, stay))
        {
            return true;
        }

        if (next is not null)
        {
            Hindrance = $"{next} does not answer, but {mayRunOn} silos that may only be cut off are not fewer than those that stay ({stay}): "
                + $"it stays a member until it answers, its host says that it is gone, or this silo has seen no renewal of its lease in the membership table for {_timings.StoreBoundMs / 60_000} minutes. "
                + "Start it again on its host; or, when you are sure that it is off, write that it is dead (docs/cluster.md, \"Silos that stay away\").";
        }

        return false;
    }
}
