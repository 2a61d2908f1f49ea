namespace Orleans.Serialization.Invocation;

/// <summary>Holds an object that calls are made on.</summary>
public interface ITargetHolder;
