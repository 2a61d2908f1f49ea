using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

/// <summary>Ends its turns, and itself when its key begins with "slow", only when the test lets it.</summary>
[GrainType("test.stuck")]
public sealed class StuckGrain(ILocalSiloDetails silo, Probe probe) : Grain, IStuckGrain
{
    public Task<string> Where() => Task.FromResult(silo.SiloAddress.ToString());

    public async Task Stick()
    {
        probe.Add("stuck " + this.GetPrimaryKeyString());
        await probe.Gate("stuck");
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        if (this.GetPrimaryKeyString().StartsWith("slow", StringComparison.Ordinal))
        {
            probe.Add("ends " + this.GetPrimaryKeyString());
            await probe.Gate("end");
            probe.Add("ended " + this.GetPrimaryKeyString());
        }
    }
}
