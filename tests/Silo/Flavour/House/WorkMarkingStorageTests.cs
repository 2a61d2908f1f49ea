using Actors.Grains.Work;
using Actors.Silo.Flavour;
using Actors.Silo.Flavour.AdoNet;
using Actors.Silo.Stores.Sqlite;
using Actors.Silo.Tests.Stores;
using Actors.Silo.Tests.Stores.PostgreSql;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Tests.Flavour.House;

/// <summary>What stands before Orleans' grain storage marks which grains have work.</summary>
public sealed class WorkMarkingStorageTests(PostgreSqlFixture server) : WorkListCompliance, IAsyncLifetime
{
    private static readonly GrainId Volume = GrainId.Create("volume", "a");

    private readonly SqliteFixture _file = new();
    private PostgreSqlRig _rig = null!;
    private WorkMarks _marks = null!;

    public async ValueTask InitializeAsync()
    {
        _rig = new PostgreSqlRig(await server.CreateDatabaseAsync());
        await AdoNetTables.PrepareAsync(_rig.Connect(), "c", default);
        _marks = new WorkMarks(_rig.Connect(), Warnings.Logger<WorkMarks>());
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _file.DisposeAsync();
    }

    [Fact]
    public async Task A_late_write_of_a_former_activation_takes_no_mark_of_its_successor()
    {
        var states = new SqliteGrainStorage("Default", _file.Open());
        var state = new GrainState<Errand>(new Errand { IsOpen = true });
        await new WorkMarkingStorage(states, _marks).WriteStateAsync("s", Volume, state);

        var late = new GrainState<Errand>(new Errand { IsOpen = false }) { ETag = state.ETag };
        await new WorkMarkingStorage(new Interrupted(states, _marks), _marks).WriteStateAsync("s", Volume, late);

        Assert.Equal([Volume], await _marks.LoadAsync(default));
    }

    protected override Task MarkAsync(string grainId) => _rig.ExecuteAsync($"INSERT INTO actors.grains_with_work VALUES ('{grainId}', 's')");

    protected override Task<(IGrainStorage Storage, IWorkList Work)> OpenAsync() =>
        Task.FromResult<(IGrainStorage, IWorkList)>((new WorkMarkingStorage(new SqliteGrainStorage("Default", _file.Open()), _marks), _marks));

    /// <summary>After each write a successor sets a mark of its own, before the writer goes on.</summary>
    private sealed class Interrupted(IGrainStorage storage, WorkMarks marks) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.ReadStateAsync(stateName, grainId, grainState);

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            await storage.WriteStateAsync(stateName, grainId, grainState);
            await marks.SetAsync(grainId, stateName, default);
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.ClearStateAsync(stateName, grainId, grainState);
    }
}
