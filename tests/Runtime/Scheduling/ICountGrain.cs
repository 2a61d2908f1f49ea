using Orleans;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Scheduling;

[Alias("test.ICountGrain")]
public interface ICountGrain : IGrainWithStringKey
{
    [Alias("Count")]
    Task Count();

    [Alias("CountSlowly")]
    Task CountSlowly();

    [AlwaysInterleave, Alias("CountBeside")]
    Task CountBeside();

    [Alias("CountAndEnd")]
    Task CountAndEnd();
}
