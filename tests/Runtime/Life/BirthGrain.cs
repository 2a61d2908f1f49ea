using Actors.Runtime.Tests.Support;
using Orleans;

namespace Actors.Runtime.Tests.Life;

/// <summary>Comes up at the second try.</summary>
[GrainType("test.birth")]
public sealed class BirthGrain(Probe probe) : Grain, IBirthGrain, IDisposable
{
    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString() == "slow")
        {
            probe.Add("slow birth");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }

        // Behind the calls that are in the mailbox already: those wait for this birth, and fail with it.
        await Task.Yield();
        await probe.Gate("birth");
        if (!probe.Has("disposed"))
        {
            throw new InvalidOperationException("stillborn 1");
        }

        probe.Add("born");
    }

    public Task<string> Say(string what) => Task.FromResult(what);

    public void Dispose()
    {
        if (!probe.Has("disposed"))
        {
            probe.Add("disposed");
        }
    }
}
