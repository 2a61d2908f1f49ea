using Orleans;

namespace Actors.Grains.Tests.Overview;

[Alias("test.overview.IWatched")]
public interface IWatchedGrain : IGrainWithStringKey
{
    [Alias("ok")]
    Task Ok();

    [Alias("fail")]
    Task Fail();

    /// <summary>Lasts until the token is cancelled.</summary>
    [Alias("hang")]
    Task Hang(CancellationToken token);

    /// <summary>Stores a state, and starts a timer that ticks in an hour.</summary>
    [Alias("keep")]
    Task Keep(string name, string password);
}
