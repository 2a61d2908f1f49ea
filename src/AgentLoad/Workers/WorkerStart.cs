using System.Net;
using Actors.AgentLoad.Running;

namespace Actors.AgentLoad.Workers;

/// <summary><see cref="LoadOptions"/> as they go to another process.</summary>
internal sealed record WorkerStart
{
    public required string[] Hubs { get; init; }

    public required string[] Sources { get; init; }

    public required int Agents { get; init; }

    public required int Clients { get; init; }

    public required int TunnelsPerClient { get; init; }

    public required int FirstAgent { get; init; }

    public required int FirstClient { get; init; }

    public required ulong Seed { get; init; }

    public required double DialsPerSecond { get; init; }

    public required int MaxDials { get; init; }

    public required double DialTimeoutMs { get; init; }

    public required double LostAfterMs { get; init; }

    public required bool AgentsGetReady { get; init; }

    public required int MaxFailures { get; init; }

    public Dictionary<string, string>? Tokens { get; init; }

    public required bool PropagatesTrace { get; init; }

    public static WorkerStart Of(LoadOptions options) => new()
    {
        Hubs = [.. options.Hubs.Select(static hub => hub.ToString())],
        Sources = [.. options.Sources.Select(static source => source.ToString())],
        Agents = options.Agents,
        Clients = options.Clients,
        TunnelsPerClient = options.TunnelsPerClient,
        FirstAgent = options.FirstAgent,
        FirstClient = options.FirstClient,
        Seed = options.Seed,
        DialsPerSecond = options.DialsPerSecond,
        MaxDials = options.MaxDials,
        DialTimeoutMs = options.DialTimeout.TotalMilliseconds,
        LostAfterMs = options.LostAfter.TotalMilliseconds,
        AgentsGetReady = options.AgentsGetReady,
        MaxFailures = options.MaxFailures,
        Tokens = options.Tokens is null ? null : new Dictionary<string, string>(options.Tokens),
        PropagatesTrace = options.PropagatesTrace,
    };

    public LoadOptions ToOptions() => new()
    {
        Hubs = [.. Hubs.Select(static hub => IPEndPoint.Parse(hub))],
        Sources = [.. Sources.Select(static source => IPAddress.Parse(source))],
        Agents = Agents,
        Clients = Clients,
        TunnelsPerClient = TunnelsPerClient,
        FirstAgent = FirstAgent,
        FirstClient = FirstClient,
        Seed = Seed,
        DialsPerSecond = DialsPerSecond,
        MaxDials = MaxDials,
        DialTimeout = TimeSpan.FromMilliseconds(DialTimeoutMs),
        LostAfter = TimeSpan.FromMilliseconds(LostAfterMs),
        AgentsGetReady = AgentsGetReady,
        MaxFailures = MaxFailures,
        Tokens = Tokens,
        PropagatesTrace = PropagatesTrace,
    };
}
