using Actors.Grains.Work;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Silo.Tests.Stores;

/// <summary>A store says which grains have work, as their last stored state had it.</summary>
public abstract class WorkListCompliance
{
    private static readonly GrainId Volume = GrainId.Create("volume", "a/b c");

    /// <summary>What lists are to log to.</summary>
    protected RecordedWarnings Warnings { get; } = new();

    /// <summary>A store of grain state without any, and its list.</summary>
    protected abstract Task<(IGrainStorage Storage, IWorkList Work)> OpenAsync();

    /// <summary>Marks, in the store itself, that something has work; as a person or a program of another version may.</summary>
    protected abstract Task MarkAsync(string grainId);

    [Fact]
    public async Task A_grain_is_listed_from_the_write_that_has_work_to_the_write_that_has_none()
    {
        var (storage, work) = await OpenAsync();
        Assert.Empty(await work.LoadAsync(default));
        var state = new GrainState<Errand>(new Errand { IsOpen = false });
        await storage.WriteStateAsync("s", Volume, state);
        Assert.Empty(await work.LoadAsync(default));

        state.State!.IsOpen = true;
        await storage.WriteStateAsync("s", Volume, state);
        await storage.WriteStateAsync("s", Volume, state);
        Assert.Equal([Volume], await work.LoadAsync(default));

        state.State!.IsOpen = false;
        await storage.WriteStateAsync("s", Volume, state);
        Assert.Empty(await work.LoadAsync(default));
    }

    [Fact]
    public async Task The_first_write_lists_a_grain_and_a_cleared_state_does_not()
    {
        var (storage, work) = await OpenAsync();
        var state = new GrainState<Errand>(new Errand { IsOpen = true });
        await storage.WriteStateAsync("s", Volume, state);
        Assert.Equal([Volume], await work.LoadAsync(default));
        await storage.ClearStateAsync("s", Volume, state);
        Assert.Empty(await work.LoadAsync(default));
    }

    [Fact]
    public async Task A_grain_with_two_states_is_listed_once_and_as_long_as_either_has_work()
    {
        var (storage, work) = await OpenAsync();
        var (first, second) = (new GrainState<Errand>(new Errand { IsOpen = true }), new GrainState<Errand>(new Errand { IsOpen = true }));
        await storage.WriteStateAsync("first", Volume, first);
        await storage.WriteStateAsync("second", Volume, second);
        await storage.WriteStateAsync("other", GrainId.Create("volume", "c"), new GrainState<Plain>(new Plain()));
        Assert.Equal([Volume], await work.LoadAsync(default));
        first.State!.IsOpen = false;
        await storage.WriteStateAsync("first", Volume, first);
        Assert.Equal([Volume], await work.LoadAsync(default));
        await storage.ClearStateAsync("second", Volume, second);
        Assert.Empty(await work.LoadAsync(default));
    }

    [Fact]
    public async Task A_refused_write_takes_no_mark_away()
    {
        var (storage, work) = await OpenAsync();
        var state = new GrainState<Errand>(new Errand { IsOpen = true });
        await storage.WriteStateAsync("s", Volume, state);
        var late = new GrainState<Errand>(new Errand { IsOpen = false }) { ETag = "999" };
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.WriteStateAsync("s", Volume, late));
        await Assert.ThrowsAsync<InconsistentStateException>(() => storage.ClearStateAsync("s", Volume, late));
        Assert.Equal([Volume], await work.LoadAsync(default));
    }

    [Fact]
    public async Task A_row_that_names_no_grain_hides_no_other_and_is_told_of_once()
    {
        var (storage, work) = await OpenAsync();
        await storage.WriteStateAsync("s", Volume, new GrainState<Errand>(new Errand { IsOpen = true }));
        var garbage = new string('g', 1_000);
        foreach (var id in (string[])["no slash", "/no type", "", garbage]) await MarkAsync(id);

        Assert.Equal([Volume], await work.LoadAsync(default));
        Assert.Equal([Volume], await work.LoadAsync(default));

        Assert.Equal(4, Warnings.All.Count);
        Assert.Contains(Warnings.All, static warning => warning.Contains("'no slash'", StringComparison.Ordinal) && warning.Contains("delete the row from", StringComparison.Ordinal));
        Assert.DoesNotContain(Warnings.All, warning => warning.Contains(garbage, StringComparison.Ordinal));
        await MarkAsync("another");
        Assert.Equal([Volume], await work.LoadAsync(default));
        Assert.Equal(5, Warnings.All.Count);
    }

    [GenerateSerializer, Alias("test.silo.Errand")]
    public sealed class Errand : IHasWork
    {
        [Id(0)]
        public bool IsOpen { get; set; }

        public bool HasWork => IsOpen;
    }

    [GenerateSerializer, Alias("test.silo.Plain")]
    public sealed class Plain
    {
        [Id(0)]
        public int Number { get; set; }
    }
}
