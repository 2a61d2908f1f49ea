using Orleans;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Timing;

[Alias("test.ITimerGrain")]
public interface ITimerGrain : IGrainWithStringKey
{
    /// <summary>Makes a timer. Ticks log "tick name", and wait at the gate "name" when <paramref name="gated"/>.</summary>
    [Alias("Register")]
    Task Register(string name, TimeSpan due, TimeSpan period, bool interleave = false, bool keepAlive = false, bool gated = false);

    [Alias("RegisterAllOverloads")]
    Task RegisterAllOverloads(TimeSpan due);

    [AlwaysInterleave, Alias("Change")]
    Task Change(string name, TimeSpan due, TimeSpan period);

    [AlwaysInterleave, Alias("DisposeTimer")]
    Task DisposeTimer(string name);

    [Alias("Wait")]
    Task Wait(string gate);

    [Alias("End")]
    Task End();

    [Alias("Touch")]
    Task Touch();
}
