namespace Actors.Storage.Tests.BackEnds;

/// <summary>The model of volumes that run on one replica keeps what the real back ends keep.</summary>
public sealed class ModelSingleCompliance : BackEndCompliance
{
    private protected override Task<BackEndWorld> StartAsync() => Task.FromResult<BackEndWorld>(new ModelWorld(isSingle: true));
}

/// <summary>The model of volumes that run on all replicas alike does so too.</summary>
public sealed class ModelManyCompliance : BackEndCompliance
{
    private protected override Task<BackEndWorld> StartAsync() => Task.FromResult<BackEndWorld>(new ModelWorld(isSingle: false));
}
