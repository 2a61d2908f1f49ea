using Actors.Grains.Work;
using Orleans;
using Orleans.Runtime;

namespace Actors.Grains.Tests.Work;

[GrainType("test.errand")]
internal sealed class ErrandGrain(ErrandBoard board, ILocalSiloDetails silo) : Grain, IWakeable
{
    public Task Wake() => board.WokenAsync(this.GetPrimaryKeyString(), silo.Name);
}
