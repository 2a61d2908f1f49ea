using Actors.Grains.Agents;
using Actors.Grains.Tests.Support;

namespace Actors.Gateway.Tests.Agents;

/// <summary>A peer's grain that takes everything, and remembers it, unless a test has it do otherwise.</summary>
internal sealed class FakePeer : IAgentPeerGrain
{
    private readonly Lock _gate = new();
    private readonly List<SessionReport> _reports = [];
    private long _epoch = 100;

    /// <summary>What it answers to a call for an epoch.</summary>
    public Func<long, Task<long>>? OnConnect { get; set; }

    /// <summary>What it answers to a report; null: it takes it.</summary>
    public Func<SessionReport, Task<SessionReportAnswer>>? OnReport { get; set; }

    /// <summary>All reports, oldest first.</summary>
    public IReadOnlyList<SessionReport> Reports
    {
        get
        {
            lock (_gate)
                return [.. _reports];
        }
    }

    public Task<long> Connect(long waitedMs) => OnConnect?.Invoke(waitedMs) ?? Task.FromResult(Interlocked.Increment(ref _epoch));

    public ValueTask<SessionReportAnswer> Report(SessionReport report)
    {
        lock (_gate)
            _reports.Add(report);
        return OnReport is null ? ValueTask.FromResult(new SessionReportAnswer()) : new(OnReport(report));
    }

    public ValueTask<PeerPush> Push(PeerPush push) => throw new InvalidOperationException("No peer talks to another in these tests.");

    /// <summary>What it knows.</summary>
    public Func<Task<PeerDescription>> OnDescribe { get; set; } = static () => Task.FromResult(new PeerDescription());

    public Task<PeerDescription> Describe() => OnDescribe();

    /// <summary>The first report of which this is true, as soon as there is one.</summary>
    public async Task<SessionReport> ReportAsync(Func<SessionReport, bool> condition, string what)
    {
        SessionReport? found = null;
        await TestGuard.UntilAsync(() => (found = Reports.FirstOrDefault(condition)) is not null, what);
        return found!;
    }
}
