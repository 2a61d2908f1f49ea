using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Clusters;

[GrainType("test.place")]
public sealed class PlaceGrain(ILocalSiloDetails silo, IGrainContext context) : Grain, IPlaceGrain
{
    private int _sum;

    public Task<SiloAddressText> Where() => Task.FromResult(new SiloAddressText(silo.SiloAddress.ToString(), context.ActivationId.ToString()!));

    public Task<int> Add(int number) => Task.FromResult(_sum += number);
}
