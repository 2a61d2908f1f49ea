using Actors.Storage.BackEnds;
using Actors.Storage.Migrations;
using Actors.Storage.Tests.Migrations;
using Actors.Storage.Tiering;

namespace Actors.Storage.Tests.BackEnds;

/// <summary>The model behind the port.</summary>
internal sealed class ModelWorld(bool isSingle) : BackEndWorld
{
    private readonly ModelBackEnd _model = new(isSingle);

    public override IVolumeBackEnd BackEnd => new Port(this);

    public override IReadOnlyList<string> OtherPools => isSingle ? [] : ["cold-b"];

    public override Task CrashAsync() => Task.CompletedTask;

    public override Task PassAsync()
    {
        _model.Pass(1_000);
        return Task.CompletedTask;
    }

    public override Task<string> ChecksumAsync() => Task.FromResult("");

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Port(ModelWorld world) : IVolumeBackEnd
    {
        public string Name => "model";

        public BudgetKind Budget => BudgetKind.Enforced;

        public Task<BackEndInventory> ListAsync(CancellationToken cancellationToken)
        {
            var pools = world.OtherPools.Concat([world.SourcePool, world.TargetPool]).Select(name => new PoolFacts(name, name, new Dictionary<string, string>(), true, 100, 50));
            var view = world._model.View();
            return Task.FromResult(new BackEndInventory(
                [.. pools],
                [new(world.Volume, "", new Dictionary<string, string>(), ModelBackEnd.SizeBytes, [.. view.Replicas.Select(replica => replica.Pool)], view.Replicas.All(replica => replica.IsInSync), false)]));
        }

        public Task<VolumeView?> ReadAsync(string volume, string targetPool, CancellationToken cancellationToken) => Task.FromResult(volume == world.Volume ? world._model.View() : null);

        public Task PerformAsync(VolumeEffect effect, CancellationToken cancellationToken)
        {
            var view = world._model.View();
            var replica = view.Replicas.FirstOrDefault(replica => replica.Id == effect.Replica);
            if (effect.Effect == MigrationEffect.Switch && replica is not { IsInSync: true }) throw new BackEndException("it lacks data", true);
            if (effect.Effect is MigrationEffect.RemoveReplica or MigrationEffect.ForgetReplica && replica is not null)
            {
                if (effect.Replica == view.ActiveReplica) throw new BackEndException("the volume runs on it", true);
                if (view.Replicas.Any(other => other != replica && !other.IsInSync)) throw new BackEndException("another lacks data", false);
            }

            if (effect.Effect == MigrationEffect.CreateTarget && view.Replicas.Any(replica => replica.Pool == effect.TargetPool)) return Task.CompletedTask;
            world._model.Perform(effect.Effect, effect.TargetPool, effect.Replica, effect.Rate.BytesPerSecond);
            return Task.CompletedTask;
        }

        public Task RenewAsync(string volume, CopyRate rate, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
