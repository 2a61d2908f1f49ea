using Orleans;
using Orleans.Concurrency;

namespace Actors.Runtime.Tests.Scheduling;

[Alias("test.IContextGrain")]
public interface IContextGrain : IGrainWithStringKey
{
    [Alias("WhereAmI")]
    Task<string> WhereAmI();

    [Alias("CallOther")]
    Task<string> CallOther(string key);

    [Alias("Stack")]
    Task<string> Stack();

    [Alias("LeaveBehind")]
    Task<string> LeaveBehind(string value);

    [Alias("StartAndForget")]
    Task<int> StartAndForget();

    [Alias("Spin")]
    Task Spin();

    [AlwaysInterleave, Alias("StopSpinning")]
    Task StopSpinning();
}
