using System.Reflection;
using Orleans;

namespace Actors.Gateway.Tests.Agents;

/// <summary>A factory whose grains of peers are a test's own.</summary>
public class FakeGrains : DispatchProxy
{
    private FakePeers _peers = null!;

    internal static IGrainFactory Of(FakePeers peers)
    {
        var factory = Create<IGrainFactory, FakeGrains>();
        ((FakeGrains)(object)factory)._peers = peers;
        return factory;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _peers.Of(Guid.Parse((string)args![0]!));
}
