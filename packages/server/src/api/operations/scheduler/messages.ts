import { ApiError } from '../../../model/errors.ts';

export const notFound = (message: string): ApiError =>
  new ApiError('ResourceNotFoundException', message, { status: 404 });
export const conflict = (message: string): ApiError =>
  new ApiError('ConflictException', message, { status: 409 });
export const quotaExceeded = (message: string): ApiError =>
  new ApiError('ServiceQuotaExceededException', message, { status: 402 });

export const scheduleNotFound = (name: string): ApiError => notFound(`Schedule ${name} does not exist.`);
export const scheduleExists = (name: string): ApiError => conflict(`Schedule ${name} already exists.`);
export const groupNotFound = (name: string): ApiError => notFound(`Schedule group ${name} does not exist.`);
export const groupExists = (name: string): ApiError => conflict(`Schedule group ${name} already exists.`);
export const groupDeleting = (name: string): ApiError => conflict(`Schedule group ${name} is being deleted.`);
export const changedMeanwhile = (): ApiError =>
  conflict('The resource was modified by another request. Please try again.');
export const tokenReused = (): ApiError =>
  conflict('The client token was used for a request with other parameters.');
