using System.Diagnostics;
using Actors.Runtime.Scheduling;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Runtime.Storage;

/// <summary>
/// A grain's state and its record's ETag; used in the grain's turns only. Errors of the store that are not the runtime's own
/// exceptions are wrapped, so that a caller can tell whose they are.
/// </summary>
/// <remarks>
/// In a cluster in which a silo was declared dead, an activation cut off, or a write failed that may still be done, a record that is
/// there is written once more as it was read, before the grain sees it: a write of an earlier activation that is still on its way finds
/// another ETag and fails. A record that is not there cannot be taken. Of two that insert it, one fails and ends.
/// </remarks>
internal sealed class PersistentState<TState>(string stateName, IGrainContext context, IGrainStorage storage) : IPersistentState<TState>, ILifecycleObserver
{
    private const string Read = "read";
    private const int MaxAttemptsToTake = 3;

    private readonly GrainState<TState> _record = new(Activator.CreateInstance<TState>());

    private IGrainStorage Storage => storage;

    private string Name => stateName;

    private GrainId Grain => context.GrainId;

    public TState State
    {
        get => _record.State!;
        set => _record.State = value;
    }

    public string? Etag => _record.ETag;

    public bool RecordExists => _record.RecordExists;

    public Task ReadStateAsync() => ReadStateAsync(CancellationToken.None);

    public Task ReadStateAsync(CancellationToken cancellationToken) =>
        RunAsync(Read, static (self, token) => self.Storage.ReadStateAsync(self.Name, self.Grain, self._record, token), cancellationToken);

    public Task WriteStateAsync() => WriteStateAsync(CancellationToken.None);

    public Task WriteStateAsync(CancellationToken cancellationToken) =>
        RunAsync("write", static (self, token) => self.Storage.WriteStateAsync(self.Name, self.Grain, self._record, token), cancellationToken);

    public Task ClearStateAsync() => ClearStateAsync(CancellationToken.None);

    public Task ClearStateAsync(CancellationToken cancellationToken) =>
        RunAsync("clear", static (self, token) => self.Storage.ClearStateAsync(self.Name, self.Grain, self._record, token), cancellationToken);

    public async Task OnStart(CancellationToken cancellationToken = default)
    {
        for (int attempt = 1; ; attempt++)
        {
            await ReadStateAsync(cancellationToken);
            if (!RecordExists || context is not Activation { Silo.Cluster.Routes.MustTakeRecords: true })
            {
                return;
            }

            try
            {
                await WriteStateAsync(cancellationToken);
                return;
            }
            catch (InconsistentStateException) when (attempt < MaxAttemptsToTake)
            {
                // The late write has come just now: what it wrote is read.
            }
        }
    }

    public Task OnStop(CancellationToken cancellationToken = default) => Task.CompletedTask;

    [StackTraceHidden]
    private async Task RunAsync(string operation, Func<PersistentState<TState>, CancellationToken, Task> call, CancellationToken token)
    {
        if (context is Activation { IsCutOff: true } gone)
        {
            throw gone.CutOff();
        }

        try
        {
            await call(this, token);
        }
        catch (Exception error) when (error is not OrleansException)
        {
            if (operation != Read && context is Activation { Silo.Cluster: { } cluster })
            {
                cluster.WriteInDoubt();
            }

            if (error is OperationCanceledException)
            {
                throw;
            }

            throw new OrleansException($"The store failed to {operation} {stateName} of {context.GrainId}: {error.Message}", error);
        }
    }
}
