using Orleans;

namespace Actors.Runtime.Tests.Clusters;

[Alias("test.IStuck")]
public interface IStuckGrain : IGrainWithStringKey
{
    /// <summary>The silo that runs the grain.</summary>
    [Alias("Where")]
    Task<string> Where();

    /// <summary>Does not end before the gate "stuck" of the silo opens.</summary>
    [Alias("Stick")]
    Task Stick();
}
