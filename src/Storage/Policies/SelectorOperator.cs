namespace Actors.Storage.Policies;

/// <summary>How a requirement of a selector compares, by Kubernetes' names.</summary>
public enum SelectorOperator
{
    /// <summary>The label is there and has one of the values.</summary>
    In,

    /// <summary>The label is missing or has none of the values.</summary>
    NotIn,

    /// <summary>The label is there.</summary>
    Exists,

    /// <summary>The label is missing.</summary>
    DoesNotExist,
}
