using System.Text.Json;
using Actors.Grains.Work;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Grains.Tests.Storage;

/// <summary>Grain state that outlives silos, as JSON, and which of it has work.</summary>
internal sealed class StateShelf : IWorkList
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Grain, string State), (string Json, int Version, bool HasWork)> _records = [];
    private int _versions;

    /// <summary>Writes so far.</summary>
    public int Writes { get; private set; }

    public Task<IReadOnlyList<GrainId>> LoadAsync(CancellationToken token)
    {
        lock (_gate) return Task.FromResult<IReadOnlyList<GrainId>>([.. _records.Where(record => record.Value.HasWork).Select(record => GrainId.Parse(record.Key.Grain))]);
    }

    /// <summary>Whether anything is stored of a grain.</summary>
    /// <param name="grain">Its id.</param>
    public bool Has(string grain)
    {
        lock (_gate) return _records.Keys.Any(key => key.Grain == grain);
    }

    /// <summary>A grain's records have other versions than it knows, as when another activation had written them.</summary>
    public void Touch(string grain)
    {
        lock (_gate)
        {
            foreach (var (key, record) in _records.Where(record => record.Key.Grain == grain).ToList())
                _records[key] = record with { Version = ++_versions };
        }
    }

    /// <summary>Writes a word in all records for another.</summary>
    public void Replace(string word, string other)
    {
        lock (_gate)
        {
            foreach (var (key, record) in _records.ToList())
                _records[key] = record with { Json = record.Json.Replace(word, other, StringComparison.Ordinal) };
        }
    }

    /// <summary>One silo's way to it.</summary>
    public sealed class Door(StateShelf shelf) : IGrainStorage
    {
        /// <summary>Whether the silo is dead: it reads and writes nothing more.</summary>
        public bool IsShut { get; set; }

        /// <summary>Whether writes fail.</summary>
        public bool FailsWrites { get; set; }

        /// <summary>Writes with which the silo dies: the last of them is stored, and nobody hears that it is; null: it lives on.</summary>
        public int? DiesWithWrite { get; set; }

        /// <summary>Called when the silo dies with a write.</summary>
        public Action? Died { get; set; }

        /// <summary>Told a state's name when a write of it begins; the write goes on, or fails, as what it answers.</summary>
        public Func<string, Task>? BeforeWrite { get; set; }

        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            lock (shelf._gate)
            {
                ThrowIfShut();
                var exists = shelf._records.TryGetValue((grainId.ToString(), stateName), out var record);
                grainState.State = exists ? JsonSerializer.Deserialize<T>(record.Json)! : Activator.CreateInstance<T>();
                (grainState.ETag, grainState.RecordExists) = (exists ? $"{record.Version}" : null!, exists);
            }

            return Task.CompletedTask;
        }

        public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            // What is written is what there is when the write begins.
            var (json, hasWork) = (JsonSerializer.Serialize(grainState.State), grainState.State is IHasWork { HasWork: true });
            if (BeforeWrite is { } before) await before(stateName);
            lock (shelf._gate)
            {
                ThrowIfShut();
                if (FailsWrites) throw new IOException("The test lets every write fail.");
                var key = (grainId.ToString(), stateName);
                var stored = shelf._records.TryGetValue(key, out var record) ? $"{record.Version}" : null;
                if (stored != grainState.ETag) throw new InconsistentStateException("Another writer was here.", stored, grainState.ETag);
                shelf.Writes++;
                shelf._records[key] = (json, ++shelf._versions, hasWork);
                if (--DiesWithWrite == 0)
                {
                    IsShut = true;
                    Died?.Invoke();
                    ThrowIfShut();
                }

                (grainState.ETag, grainState.RecordExists) = ($"{shelf._versions}", true);
            }
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            lock (shelf._gate)
            {
                ThrowIfShut();
                shelf._records.Remove((grainId.ToString(), stateName));
                (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null!, false);
            }

            return Task.CompletedTask;
        }

        private void ThrowIfShut()
        {
            if (IsShut) throw new IOException("The silo is dead.");
        }
    }
}
