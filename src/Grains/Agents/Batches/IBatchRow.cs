namespace Actors.Grains.Agents;

/// <summary>A row of which the store is to have the newest; of two with one key one can be made.</summary>
public interface IBatchRow<TKey, TRow>
    where TKey : notnull
    where TRow : IBatchRow<TKey, TRow>
{
    /// <summary>What it is about. A batch has each key once: the store could not take a row twice in one statement.</summary>
    TKey Key { get; }

    /// <summary>Bytes of memory that it takes, about.</summary>
    int Bytes { get; }

    /// <summary>This row and another of the same key in one; which of them came first makes no difference.</summary>
    TRow MergeWith(TRow other);
}
