using Orleans;

namespace Actors.Runtime.Tests.Life;

/// <summary>A grain that somebody else ends while it begins.</summary>
[Alias("test.IBriefGrain")]
public interface IBriefGrain : IGrainWithStringKey
{
    [Alias("Touch")]
    Task Touch();
}
