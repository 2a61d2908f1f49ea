namespace Actors.Silo.Options;

/// <summary>The options of this process as records, or everything that is wrong with them.</summary>
public sealed class BoundOptions
{
    private readonly IReadOnlyDictionary<Type, object> _records;

    internal BoundOptions(
        IReadOnlyDictionary<Type, object> records,
        IReadOnlyList<EffectiveOption> effective,
        IReadOnlyList<OptionMistake> mistakes)
    {
        _records = records;
        Effective = effective;
        Mistakes = mistakes;
    }

    /// <summary>Every option with its value and source.</summary>
    public IReadOnlyList<EffectiveOption> Effective { get; }

    /// <summary>All mistakes; the records may be used only when there is none.</summary>
    public IReadOnlyList<OptionMistake> Mistakes { get; }

    /// <summary>The record of a section.</summary>
    public T Get<T>() where T : class => (T)_records[typeof(T)];

    /// <summary>The option behind a record's property.</summary>
    public EffectiveOption Find<T>(string property) =>
        Effective.First(option => option.Option.Property.DeclaringType == typeof(T) && option.Option.Property.Name == property);
}
