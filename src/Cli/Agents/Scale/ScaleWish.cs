using Actors.AgentLoad.Planning;
using Actors.AgentLoad.Running;

namespace Actors.Cli.Agents.Scale;

/// <summary>What a scale test is to do.</summary>
internal sealed record ScaleWish
{
    /// <summary>Everything that all its processes have in common; its numbers of peers are those of all together.</summary>
    public required LoadOptions Load { get; init; }

    /// <summary>What each process holds.</summary>
    public required LoadPlan Plan { get; init; }

    /// <summary>What peers do once they are connected.</summary>
    public required Traffic Traffic { get; init; }

    /// <summary>How long connecting may take.</summary>
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>How long it may take until everybody knows everything, before and after the traffic.</summary>
    public required TimeSpan SettleTimeout { get; init; }

    /// <summary>How long nobody may be told anything in the end, when everybody knows everything.</summary>
    public required TimeSpan Quiet { get; init; }

    /// <summary>How late 99 of 100 updates may be sent that are due by the clock; where they are later the load is the limit.</summary>
    public required TimeSpan MaxLateness { get; init; }

    /// <summary>How long tokens for it are good: longer than it may take, a day where nobody knows how long that is.</summary>
    public TimeSpan TokensValidFor => Traffic.Duration == TimeSpan.MaxValue
        ? TimeSpan.FromDays(1)
        : ConnectTimeout + (2 * SettleTimeout) + Traffic.Duration + Quiet + TimeSpan.FromMinutes(10);

    /// <summary>The hubs as they were named.</summary>
    public required IReadOnlyList<HostPort> Hubs { get; init; }
}
