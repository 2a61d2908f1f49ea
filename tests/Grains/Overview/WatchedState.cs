using Orleans;

namespace Actors.Grains.Tests.Overview;

[GenerateSerializer, Alias("test.overview.state")]
public sealed class WatchedState
{
    [Id(0)] public string Name { get; set; } = "";
    [Id(1)] public string Password { get; set; } = "";
}
