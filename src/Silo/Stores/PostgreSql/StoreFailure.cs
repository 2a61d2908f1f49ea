namespace Actors.Silo.Stores.PostgreSql;

/// <summary>Makes the exception that a store's callers know.</summary>
/// <param name="operation">What was attempted.</param>
/// <param name="mayHaveHappened">True when it may have been done nevertheless.</param>
/// <param name="reason">Why it failed; without the connection string.</param>
/// <param name="cause">What was thrown below; null when nothing was.</param>
public delegate Exception StoreFailure(string operation, bool mayHaveHappened, string reason, Exception? cause);
