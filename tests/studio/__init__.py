"""The rules of the use cases, over fakes of every port."""
