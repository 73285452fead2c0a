// What a cell imports: the whole interpretability half of Hooke under one name.
@_exported import Circuits
@_exported import Figures
@_exported import ImageFolders
@_exported import Networks
@_exported import PictureWorld
@_exported import RichDisplay
@_exported import Tensors
@_exported import Training
@_exported import WeightFiles
